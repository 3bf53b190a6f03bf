namespace CovidCtNet.Lib.Imaging.Dicom;

/// <summary>
/// What applies to one frame: attributes of the data set, or of its functional groups in enhanced multi-frame objects (PS3.3, C.7.6.16).
/// </summary>
internal sealed class DicomFrameInfo
{
    private readonly DicomDataset[] _levels;

    public DicomFrameInfo(DicomDataset set, int frame)
    {
        var perFrame = set.Items(DicomTag.PerFrameFunctionalGroups);
        var groups = new List<DicomDataset>();
        if (frame < perFrame.Count)
        {
            groups.Add(perFrame[frame]);
        }

        groups.AddRange(set.Items(DicomTag.SharedFunctionalGroups).Take(1));
        _levels = [.. groups];
        Set = set;
    }

    public DicomDataset Set { get; }

    public double? Slope => Number(DicomTag.PixelValueTransformationSequence, DicomTag.RescaleSlope);

    public double? Intercept => Number(DicomTag.PixelValueTransformationSequence, DicomTag.RescaleIntercept);

    public string? RescaleType => Find(DicomTag.PixelValueTransformationSequence, DicomTag.RescaleType)?.Text(DicomTag.RescaleType);

    /// <summary>The display windows of the file; multi-valued ones in order.</summary>
    public IReadOnlyList<CtWindow> Windows
    {
        get
        {
            var centers = Find(DicomTag.FrameVoiLutSequence, DicomTag.WindowCenter)?.Numbers(DicomTag.WindowCenter) ?? [];
            var widths = Find(DicomTag.FrameVoiLutSequence, DicomTag.WindowWidth)?.Numbers(DicomTag.WindowWidth) ?? [];
            return [.. centers.Zip(widths).Where(w => w.Second > 0).Select(w => new CtWindow(w.First, w.Second))];
        }
    }

    public CtSliceGeometry? Geometry
    {
        get
        {
            var position = Find(DicomTag.PlanePositionSequence, DicomTag.ImagePosition)?.Numbers(DicomTag.ImagePosition) ?? [];
            var orientation = Find(DicomTag.PlaneOrientationSequence, DicomTag.ImageOrientation)?.Numbers(DicomTag.ImageOrientation) ?? [];
            var spacing = Find(DicomTag.PixelMeasuresSequence, DicomTag.PixelSpacing)?.Numbers(DicomTag.PixelSpacing) ?? [];
            return CtSliceGeometry.Create(position, orientation) is not { } geometry ? null : geometry with
            {
                RowSpacing = spacing is [> 0, > 0] ? spacing[0] : 0,
                ColumnSpacing = spacing is [> 0, > 0] ? spacing[1] : 0,
                Thickness = Math.Max(0, Number(DicomTag.PixelMeasuresSequence, DicomTag.SliceThickness) ?? 0),
            };
        }
    }

    private double? Number(DicomTag group, DicomTag tag) => Find(group, tag)?.Number(tag);

    /// <summary>The set that holds a tag: the frame's own group, the shared group, or the data set.</summary>
    private DicomDataset? Find(DicomTag group, DicomTag tag)
    {
        foreach (var level in _levels)
        {
            if (level.Items(group) is [var item, ..] && item.Find(tag) is not null)
            {
                return item;
            }
        }

        return Set.Find(tag) is null ? null : Set;
    }
}
