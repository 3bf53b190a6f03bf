namespace CovidCtNet.Lib.Training.Data;

/// <summary>One labelled slice of a data set.</summary>
/// <param name="Path">Full path of the image file.</param>
/// <param name="Label">Name of the class, as the folder or the manifest gives it.</param>
/// <param name="Positive">Whether the class is the positive one.</param>
/// <param name="Group">Patient or scan that the slice belongs to; null where that is unknown.</param>
/// <param name="Fold">Fold that the manifest assigns; null where it assigns none.</param>
/// <param name="Source">Hospital, scanner or data set that the slice comes from; null where that is unknown.</param>
public sealed record SliceRecord(string Path, string Label, bool Positive, string? Group, int? Fold, string? Source = null);
