namespace CovidCtNet.Lib.Evaluation;

/// <summary>What makes a set of labels and scores impossible to evaluate.</summary>
public enum EvaluationFault
{
    /// <summary>There is no case at all.</summary>
    Empty,

    /// <summary>Labels, scores, weights or groups differ in number.</summary>
    LengthMismatch,

    /// <summary>A score or weight is NaN or infinite.</summary>
    NotFinite,

    /// <summary>A score that must be a probability lies outside [0, 1].</summary>
    NotProbability,

    /// <summary>A weight is negative, or no case has weight.</summary>
    InvalidWeight,

    /// <summary>All cases have the same label, but the figure compares two classes.</summary>
    OneClass,

    /// <summary>There are too few cases or groups for the figure, for example one positive for a variance.</summary>
    TooFew,
}
