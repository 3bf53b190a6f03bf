namespace CovidCtNet.Lib.Transforms.Views;

/// <summary>What a step computes from the current row; nothing before a value is asked for.</summary>
internal abstract class RowWork
{
    /// <summary>The <c>ValueGetter</c> of one of the columns that the step adds.</summary>
    /// <param name="added">Index among the added columns.</param>
    public abstract Delegate CreateGetter(int added);
}
