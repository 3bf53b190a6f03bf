using CovidCtNet.Lib.Training.Augmentation;
using CovidCtNet.Lib.Training.Networks;
using CovidCtNet.Lib.Training.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Training.Guidance;

/// <summary>What <see cref="GuidanceOptions"/> add to a training step.</summary>
internal sealed class AttentionGuide
{
    private readonly GuidanceOptions _guidance;
    private readonly TrainingOptions _options;
    private readonly GuidedSlices _slices;
    private readonly InfectionTransplant _transplant;
    private readonly AugmentationOptions _geometry;

    /// <summary>Loads the guided slices.</summary>
    public AttentionGuide(GuidanceOptions guidance, TrainingOptions options)
    {
        (_guidance, _options) = (guidance, options);
        _slices = GuidedSlices.Load(guidance, options.Preprocessing);
        _transplant = new InfectionTransplant(_slices, options.Preprocessing.Width);

        // The augmenter draws geometry first: with the gray-value effects off, the same seed moves a mask as it moved its slice.
        _geometry = options.Augmentation with { Brightness = 0, Contrast = 0, MaximumGamma = 1, Noise = 0, Blur = 0, Erasing = 0 };
    }

    /// <summary>Gives some of the negative slices an infected region and the label 1.</summary>
    /// <param name="planes">Intensities of the batch, one [1, H, W] plane behind the other.</param>
    /// <param name="labels">Their labels, 0 or 1.</param>
    /// <param name="seed">Seed of the step.</param>
    public void Transplant(float[] planes, float[] labels, int seed)
    {
        var random = new Random(seed ^ 0x5eed);
        var plane = planes.Length / labels.Length;
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] == 0 && random.NextDouble() < _guidance.Transplants && _transplant.TryApply(planes.AsSpan(i * plane, plane), random))
            {
                labels[i] = 1;
            }
        }
    }

    /// <summary>Loss of a step: that of the labelled slices plus the weighted guidance loss. Both go through the network in one batch.</summary>
    public Tensor Loss(CtNetwork network, Tensor x, Func<Tensor, Tensor> labelled, Func<Tensor, Tensor> normalise, int seed, bool halfSize)
    {
        if (_guidance.SlicesPerStep == 0 || _guidance.Weight == 0)
        {
            return labelled(network.forward(x));
        }

        var (images, masks) = _slices.Draw(_guidance.SlicesPerStep, new Random(seed ^ 0x6a1de));
        long[] shape = [_guidance.SlicesPerStep, 1, _options.Preprocessing.Height, _options.Preprocessing.Width];
        var guided = Trainer.Sized(normalise(Augmenter.Apply(tensor(images, shape), _options.Augmentation, seed + 1)), halfSize);
        var infected = Trainer.Sized(Augmenter.Apply(tensor(masks, shape), _geometry, seed + 1), halfSize);
        var (logits, evidence) = network.ForwardWithEvidence(cat([x, guided]));
        var n = x.shape[0];
        var positive = Trainer.PositiveLogit(evidence.slice(0, n, n + _guidance.SlicesPerStep, 1));
        using Scalar weight = _guidance.Weight; // Held until torch has read it; see Augmenter.
        return labelled(logits.slice(0, 0, n, 1)) + (weight * GuidanceLoss.Compute(positive, infected));
    }
}
