namespace CovidCtNet.Lib.Training.Audit;

/// <summary>A group with slices on more than one side of a split.</summary>
/// <param name="Group">The group.</param>
/// <param name="Sides">The sides, in order of name.</param>
/// <param name="Slices">How many slices the group has.</param>
public sealed record SharedGroup(string Group, IReadOnlyList<string> Sides, int Slices);
