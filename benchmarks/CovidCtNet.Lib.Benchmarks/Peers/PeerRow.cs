using System.Globalization;

namespace CovidCtNet.Lib.Benchmarks.Peers;

/// <summary>One piece of work, and how fast each was at it.</summary>
/// <param name="Work">What was done.</param>
/// <param name="Rates">Who, whether it is this library, and images a second.</param>
internal sealed record PeerRow(string Work, IReadOnlyList<(string Name, bool Own, double Rate)> Rates)
{
    private double BestPeer => Rates.Where(r => !r.Own).Max(r => r.Rate);

    public IEnumerable<string> ToMarkdown() => Rates.Select(r => string.Create(
        CultureInfo.InvariantCulture, $"| {Work} | {(r.Own ? $"CovidCtNet {r.Name}".TrimEnd() : r.Name)} | {r.Rate:F2} | {(r.Own ? $"{r.Rate / BestPeer:F2}" : "")} |"));

    public override string ToString() => string.Join(Environment.NewLine, ToMarkdown());
}
