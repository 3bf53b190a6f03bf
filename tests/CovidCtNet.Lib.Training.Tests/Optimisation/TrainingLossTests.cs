using CovidCtNet.Lib.Training.Native;
using CovidCtNet.Lib.Training.Optimisation;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Training.Tests.Optimisation;

/// <summary>Losses against values worked out in double precision; 1e-6 is single precision's rounding of sums of a few terms.</summary>
public sealed class TrainingLossTests
{
    private static readonly float[] Logits = [2f, -1f, 0.5f, 30f];
    private static readonly float[] Labels = [1f, 0f, 0.3f, 0f];

    public TrainingLossTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData(LossKind.BinaryCrossEntropy, 0.0, 1.0, 0.0)]
    [InlineData(LossKind.BinaryCrossEntropy, 0.1, 1.0, 0.0)]
    [InlineData(LossKind.BinaryCrossEntropy, 0.05, 3.0, 0.0)]
    [InlineData(LossKind.Focal, 0.0, 1.0, 2.0)]
    [InlineData(LossKind.Focal, 0.0, 0.5, 0.7)]
    [InlineData(LossKind.Focal, 0.1, 1.0, 0.0)]
    public void One_logit_follows_the_formula(LossKind kind, double smoothing, double weight, double gamma)
    {
        using var x = tensor(Logits, [4, 1]);
        using var y = tensor(Labels);
        using var loss = new TrainingLoss(new LossOptions { Kind = kind, FocalGamma = gamma }, smoothing, weight).Compute(x, y);

        Assert.Equal(ByHand(kind, smoothing, weight, gamma), loss.item<float>(), 1e-5);
    }

    [Theory]
    [InlineData(LossKind.CrossEntropy)]
    [InlineData(LossKind.BinaryCrossEntropy)]
    public void Two_outputs_cost_what_their_difference_costs(LossKind kind)
    {
        using var x = tensor(Logits.SelectMany(z => new[] { 0.7f, z + 0.7f }).ToArray(), [4, 2]);
        using var y = tensor(Labels);
        using var loss = new TrainingLoss(new LossOptions { Kind = kind }, 0, 2).Compute(x, y);

        Assert.Equal(ByHand(LossKind.BinaryCrossEntropy, 0, 2, 0), loss.item<float>(), 1e-5);
    }

    [Fact]
    public void Certain_wrong_answers_have_a_finite_loss_and_gradient()
    {
        using var x = tensor([200f, -200f], [2, 1], requires_grad: true);
        using var y = tensor([0f, 1f]);
        using var loss = new TrainingLoss(new LossOptions { Kind = LossKind.Focal }, 0, 1).Compute(x, y);
        loss.backward();

        Assert.Equal(200, loss.item<float>(), 1e-3);
        Assert.All(x.grad!.data<float>().ToArray(), g => Assert.True(float.IsFinite(g)));
    }

    [Fact]
    public void Balanced_weight_is_the_ratio_of_the_counts()
    {
        Assert.Equal(3, TrainingLoss.WeightOf(new LossOptions { PositiveWeight = null }, 10, 30));
        Assert.Equal(1, TrainingLoss.WeightOf(new LossOptions { PositiveWeight = null }, 0, 30));
        Assert.Equal(1.5, TrainingLoss.WeightOf(new LossOptions { PositiveWeight = 1.5 }, 10, 30));
    }

    private static double ByHand(LossKind kind, double smoothing, double weight, double gamma)
    {
        var (sum, weights) = (0.0, 0.0);
        for (var i = 0; i < Logits.Length; i++)
        {
            double p = 1 / (1 + Math.Exp(-Logits[i])), q = 1 / (1 + Math.Exp((double)Logits[i]));
            var (fp, fq) = kind == LossKind.Focal ? (Math.Pow(1 - p, gamma), Math.Pow(1 - q, gamma)) : (1, 1);
            var t = (Labels[i] * (1 - smoothing)) + (smoothing / 2);
            var w = (Labels[i] * weight) + (1 - Labels[i]);
            sum += w * ((-t * fp * Math.Log(p)) - ((1 - t) * fq * Math.Log(q)));
            weights += w;
        }

        return sum / weights;
    }
}
