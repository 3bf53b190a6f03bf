using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Transforms;

namespace CovidCtNet.Lib.Tests.Transforms;

/// <summary>What prediction engines over the steps give.</summary>
public static class StepAnswers
{
    public sealed class Slice
    {
        [CtSliceType]
        public CtImage? Out { get; set; }
    }

    public sealed class Plane
    {
        public float[] Out { get; set; } = [];
    }

    public sealed class Scores
    {
        public float Score { get; set; }

        public float Probability { get; set; }

        public bool PredictedLabel { get; set; }
    }

    public sealed class Map
    {
        public float[] Attention { get; set; } = [];
    }
}
