namespace CovidCtNet.Lib.Evaluation;

/// <summary>Groups of any type as numbers 0..Count-1, in the order of first appearance.</summary>
internal sealed class GroupIndex
{
    private GroupIndex(int[] ofCase, int count)
    {
        OfCase = ofCase;
        Count = count;
    }

    public int[] OfCase { get; }

    public int Count { get; }

    public static GroupIndex Create<TGroup>(ReadOnlySpan<bool> labels, ReadOnlySpan<TGroup> groups)
        where TGroup : notnull
    {
        Check.Groups(labels, groups);
        Dictionary<TGroup, int> numbers = [];
        int[] ofCase = new int[groups.Length];
        for (int i = 0; i < ofCase.Length; i++)
        {
            if (!numbers.TryGetValue(groups[i], out int number))
            {
                number = numbers.Count;
                numbers.Add(groups[i], number);
            }

            ofCase[i] = number;
        }

        return new GroupIndex(ofCase, numbers.Count);
    }
}
