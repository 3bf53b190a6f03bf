using CovidCtNet.Lib.Training.Audit;

namespace CovidCtNet.Samples.Train;

/// <summary>Says which file properties give the label away: nothing is refused, since only who made the set can tell why they do.</summary>
internal static class RevealingWarning
{
    public static void Print(LeakageReport report)
    {
        if (report.Revealing is { } properties)
        {
            Console.WriteLine($"WARNING: the label can be told without looking at a lung, by {properties}. A network may learn that in place of the disease: make both classes alike in it, or do not trust its figures.");
        }
    }
}
