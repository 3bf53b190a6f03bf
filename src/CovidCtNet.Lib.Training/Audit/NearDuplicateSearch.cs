using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace CovidCtNet.Lib.Training.Audit;

/// <summary>
/// Finds near-duplicates among many planes. Each plane asks an index of perceptual hashes for planes that look like one of its crops;
/// those that also correlate are laid over each other exactly.
/// </summary>
internal sealed class NearDuplicateSearch
{
    // Sixteen crops, each border whole or cut by 5 %, leave a copy cut by up to 7.5 % no farther than 2.5 % from one of them. Copies cut
    // evenly all round may be cut by twice as much.
    private const float Cut = 0.05f;

    // Of copies cut by up to 6 % of each side, 99 % came within 8 bits of a crop.
    private const int HashRadius = 10;

    // Of those copies 99 % correlated above 0.90 with a crop before they were laid over each other.
    private const float LeastCropCorrelation = 0.88f;
    private const float LeastAlignedCorrelation = 0.93f;
    private const int Side = PerceptualHash.Side;

    private static readonly LeakageKind[] Turned =
        [LeakageKind.NearDuplicate, LeakageKind.MirroredNearDuplicate, LeakageKind.UpsideDownNearDuplicate, LeakageKind.RotatedNearDuplicate];

    private static readonly CropBox[] Crops =
    [
        .. CropBox.Cuts(Cut),
        new(2 * Cut, Cut, 1 - (4 * Cut), 1 - (2 * Cut)),
        new(Cut, 2 * Cut, 1 - (2 * Cut), 1 - (4 * Cut)),
        new(2 * Cut, 2 * Cut, 1 - (4 * Cut), 1 - (4 * Cut)),
    ];

    /// <summary>How many hashes of each slice the index is asked for: its crops as they are, mirrored, upside down, and both.</summary>
    public static int HashesPerSlice => 4 * Crops.Length;

    private readonly IReadOnlyList<byte[]?> _planes;
    private readonly Func<int, int, bool> _skip;
    private readonly LeakageAuditOptions _options;
    private readonly float[] _whole;
    private readonly HashIndex _index;
    private long _looked;
    private long _candidates;
    private long _matched;

    /// <param name="planes">64 x 64 planes; null for a slice that could not be read.</param>
    /// <param name="skip">Says which pairs need no comparison.</param>
    /// <param name="options">What counts as a near-duplicate.</param>
    public NearDuplicateSearch(IReadOnlyList<byte[]?> planes, Func<int, int, bool> skip, LeakageAuditOptions options)
    {
        (_planes, _skip, _options) = (planes, skip, options);
        _whole = new float[planes.Count * Side * Side];
        var hashes = new ulong[planes.Count];
        Parallel.For(0, planes.Count, new ParallelOptions { MaxDegreeOfParallelism = options.MaxDegreeOfParallelism }, () => new float[SliceFingerprint.Side * SliceFingerprint.Side], (i, _, plane) =>
        {
            if (planes[i] is { } bytes)
            {
                Widen(bytes, plane, LeakageKind.NearDuplicate);
                var whole = _whole.AsSpan(i * Side * Side, Side * Side);
                CropBox.Whole.Sample(plane, SliceFingerprint.Side, whole, Side);
                hashes[i] = PerceptualHash.Of(whole);
                Standardise(whole);
            }

            return plane;
        }, _ => { });
        _index = new HashIndex(hashes, HashRadius);
    }

    /// <summary>Hash entries looked at, pairs whose crops were correlated, and pairs that were laid over each other.</summary>
    public (long Looked, long Candidates, long Matched) Work => (_looked, _candidates, _matched);

    /// <summary>All near-duplicates, in order.</summary>
    public IReadOnlyList<NearDuplicate> Run(IProgress<LeakageAuditProgress>? progress, CancellationToken cancellationToken)
    {
        var found = new Dictionary<(int, int), NearDuplicate>();
        var done = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.MaxDegreeOfParallelism, CancellationToken = cancellationToken };
        Parallel.For(0, _planes.Count, parallel, () => new Worker(), (i, _, worker) =>
        {
            foreach (var kind in _options.Mirrored ? Turned : [LeakageKind.NearDuplicate])
            {
                Search(i, kind, worker);
            }

            progress?.Report(new LeakageAuditProgress("comparing", Interlocked.Increment(ref done), _planes.Count));
            return worker;
        }, worker =>
        {
            lock (found)
            {
                foreach (var pair in worker.Found)
                {
                    ref var best = ref CollectionsMarshal.GetValueRefOrAddDefault(found, (pair.First, pair.Second), out var known);
                    best = known && best.Detail >= pair.Detail ? best : pair;
                }

                _looked += worker.Looked;
                _candidates += worker.Candidates;
                _matched += worker.Matched;
            }
        });
        return [.. found.Values.OrderBy(p => p.First).ThenBy(p => p.Second)];
    }

    private void Search(int i, LeakageKind kind, Worker worker)
    {
        if (_planes[i] is not { } bytes)
        {
            return;
        }

        Widen(bytes, worker.Plane, kind);
        worker.Best.Clear();
        for (var c = 0; c < Crops.Length; c++)
        {
            Crops[c].Sample(worker.Plane, SliceFingerprint.Side, worker.Crop, Side);
            var hash = PerceptualHash.Of(worker.Crop);
            if (!Standardise(worker.Crop))
            {
                continue;
            }

            worker.Looked += _index.Find(hash, worker.Near);
            foreach (var j in worker.Near)
            {
                // The whole plane against the whole plane is the same from either side.
                if ((c == 0 && j <= i) || j == i || _skip(i, j))
                {
                    continue;
                }

                worker.Candidates++;
                var correlation = TensorPrimitives.Dot<float>(worker.Crop, _whole.AsSpan(j * Side * Side, Side * Side));
                if (correlation >= LeastCropCorrelation)
                {
                    ref var best = ref CollectionsMarshal.GetValueRefOrAddDefault(worker.Best, j, out _);
                    best = correlation > best.Correlation ? (correlation, c) : best;
                }
            }
        }

        foreach (var (j, (_, crop)) in worker.Best)
        {
            worker.Matched++;
            var (correlation, detail) = worker.Matcher.Match(worker.Plane, _planes[j]!, Crops[crop], LeastAlignedCorrelation);
            if (detail >= _options.NearDuplicateCorrelation)
            {
                worker.Found.Add(new NearDuplicate(Math.Min(i, j), Math.Max(i, j), kind, correlation, detail));
            }
        }
    }

    private static void Widen(ReadOnlySpan<byte> bytes, Span<float> plane, LeakageKind kind)
    {
        const int Row = SliceFingerprint.Side;
        for (var i = 0; i < bytes.Length; i++)
        {
            plane[i] = bytes[i];
        }

        // All pixels in reverse are the slice turned by 180 degrees; each row in reverse is its mirror image; both are the slice upside down.
        if (kind is LeakageKind.RotatedNearDuplicate or LeakageKind.UpsideDownNearDuplicate)
        {
            plane.Reverse();
        }

        for (var y = 0; kind is LeakageKind.MirroredNearDuplicate or LeakageKind.UpsideDownNearDuplicate && y < Row; y++)
        {
            plane.Slice(y * Row, Row).Reverse();
        }
    }

    // Mean 0 and length 1, so that a dot product is a correlation; a constant plane becomes 0 and is like no other.
    private static bool Standardise(Span<float> plane)
    {
        TensorPrimitives.Subtract(plane, TensorPrimitives.Sum<float>(plane) / plane.Length, plane);
        var norm = TensorPrimitives.Norm<float>(plane);
        TensorPrimitives.Multiply(plane, norm > 1e-3f * plane.Length ? 1 / norm : 0, plane);
        return norm > 1e-3f * plane.Length;
    }

    private sealed class Worker
    {
        public float[] Plane { get; } = new float[SliceFingerprint.Side * SliceFingerprint.Side];

        public float[] Crop { get; } = new float[Side * Side];

        public List<int> Near { get; } = [];

        public Dictionary<int, (float Correlation, int Crop)> Best { get; } = [];

        public List<NearDuplicate> Found { get; } = [];

        public PlaneMatcher Matcher { get; } = new();

        public long Looked { get; set; }

        public long Candidates { get; set; }

        public long Matched { get; set; }
    }
}
