namespace CovidCtNet.Lib.Training.Audit;

/// <summary>How well one property, which shows no disease, tells the classes apart alone.</summary>
/// <param name="Property">The property, for instance <c>file size</c>.</param>
/// <param name="Auc">
/// Area under the ROC curve of the property as a score for the positive class: 0.5 tells nothing, 0 and 1 tell all. For a property
/// without an order (colour mode) the score is the share of positive slices among those that share the value, so it is at least 0.5.
/// </param>
/// <param name="Detail">Mean by class, or the values with their class counts.</param>
public sealed record LabelConfound(string Property, double Auc, string Detail)
{
    /// <summary>
    /// The <see cref="Separation"/> from which a property counts as revealing: networks reach about 0.9 on held-out folds of the public
    /// set, whose own file properties reach 0.66 at most.
    /// </summary>
    public const double RevealingSeparation = 0.9;

    /// <summary>The area whichever way the property points, in [0.5, 1].</summary>
    public double Separation => Math.Max(Auc, 1 - Auc);

    /// <summary>
    /// Whether the property tells the classes apart as well as a trained network does, so that figures of a network prove little.
    /// </summary>
    public bool IsRevealing => Separation >= RevealingSeparation;
}
