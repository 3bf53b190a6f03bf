using System.Numerics.Tensors;

namespace CovidCtNet.Lib.Explanation.Graphs;

/// <summary>Class activation maps from the activations A and the gradients g of one layer, both [C, h, w] of one slice.</summary>
internal static class ClassActivation
{
    /// <summary>
    /// Grad-CAM: weight of a channel k is the mean of its gradient, alpha_k = 1/Z sum_ij g_k,ij (Selvaraju et al. 2017, eq. 1); the map is
    /// sum_k alpha_k A_k (eq. 2, whose ReLU <see cref="AttentionScaling.Positive"/> applies).
    /// </summary>
    public static float[] GradCam(ReadOnlySpan<float> activations, ReadOnlySpan<float> gradients, int channels, float sign)
    {
        var size = activations.Length / channels;
        var map = new float[size];
        for (var k = 0; k < channels; k++)
        {
            var weight = sign * TensorPrimitives.Sum(gradients.Slice(k * size, size)) / size;
            TensorPrimitives.MultiplyAdd(activations.Slice(k * size, size), weight, map, map);
        }

        return map;
    }

    /// <summary>
    /// Grad-CAM++: w_k = sum_ij alpha_k,ij relu(g_k,ij) (Chattopadhay et al. 2018, eq. 5) with alpha_k,ij = g^2 / (2 g^2 + sum_ab A_k,ab g^3),
    /// which eq. 19 makes of the second and third derivatives of the exponential of the score; the map is sum_k w_k A_k (eq. 7). The
    /// factor exp(score) of eq. 5 is the same for all channels and goes with the scaling.
    /// </summary>
    public static float[] GradCamPlusPlus(ReadOnlySpan<float> activations, ReadOnlySpan<float> gradients, int channels, float sign)
    {
        var size = activations.Length / channels;
        var map = new float[size];
        var (positive, fractions, twos) = (new float[size], new float[size], new float[size]);
        twos.AsSpan().Fill(2);
        for (var k = 0; k < channels; k++)
        {
            var channel = activations.Slice(k * size, size);

            // Only positive gradients count, so the fraction is taken as g / (2 + sum A * g), which cannot be 0 / 0. Rounded once, the
            // denominator is no less exact than the sum of A, also where it is nearly 0.
            TensorPrimitives.Multiply(gradients.Slice(k * size, size), sign, positive);
            TensorPrimitives.Max(positive, 0f, positive);
            TensorPrimitives.FusedMultiplyAdd(positive, TensorPrimitives.Sum(channel), twos, fractions);
            TensorPrimitives.Divide(positive, fractions, fractions);
            var weight = TensorPrimitives.Sum<float>(fractions);
            if (!float.IsFinite(weight))
            {
                // A denominator of exactly 0: that place has no weight.
                weight = fractions.Where(float.IsFinite).Sum();
            }

            TensorPrimitives.MultiplyAdd(channel, weight, map, map);
        }

        return map;
    }

    /// <summary>Layer-CAM: the map is sum_k relu(g_k,ij) A_k,ij (Jiang et al. 2021, eq. 6-8).</summary>
    public static float[] LayerCam(ReadOnlySpan<float> activations, ReadOnlySpan<float> gradients, int channels, float sign)
    {
        var size = activations.Length / channels;
        var map = new float[size];
        var positive = new float[size];
        for (var k = 0; k < channels; k++)
        {
            TensorPrimitives.Multiply(gradients.Slice(k * size, size), sign, positive);
            TensorPrimitives.Max(positive, 0f, positive);
            TensorPrimitives.MultiplyAdd(activations.Slice(k * size, size), positive, map, map);
        }

        return map;
    }
}
