namespace CovidCtNet.Lib.Imaging;

/// <summary>Why a file or frame is in no series.</summary>
public enum CtSetAsideReason
{
    /// <summary>It could not be read: damaged, cut, encrypted, or of an encoding that is not supported.</summary>
    Unreadable,

    /// <summary>It exceeds a limit.</summary>
    TooLarge,

    /// <summary>It is neither DICOM nor NIfTI: a picture without a place in a series, a text, an archive within an archive.</summary>
    NotDicom,

    /// <summary>A DICOM object without pixels: a report, a directory, a structure set.</summary>
    NoPixels,

    /// <summary>Another modality than CT, or a secondary capture.</summary>
    NotCt,

    /// <summary>A localiser (scout, topogram).</summary>
    Localizer,

    /// <summary>A slice that is not axial: coronal, sagittal or oblique.</summary>
    NotAxial,

    /// <summary>The same object again, or another slice at the same position.</summary>
    Duplicate,

    /// <summary>A symbolic link, which is not followed.</summary>
    Link,
}
