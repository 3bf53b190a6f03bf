namespace CovidCtNet.Lib.Training.Networks;

/// <summary>What the last fully connected layer gives.</summary>
public enum ClassifierHead
{
    /// <summary>One logit of the positive class, [N, 1].</summary>
    OneLogit,

    /// <summary>One logit per class, [N, 2]; the logit of the positive class is their difference.</summary>
    TwoClass,
}
