namespace CovidCtNet.Lib.Explanation.Annotations;

/// <summary>How a region's pixels stand in a COCO file.</summary>
public enum CocoSegmentation
{
    /// <summary>Lists of corner coordinates, as annotation tools edit them.</summary>
    Polygons,

    /// <summary>Run lengths as numbers.</summary>
    RunLengths,

    /// <summary>Run lengths as text, the compact form of the COCO API.</summary>
    CompressedRunLengths,
}
