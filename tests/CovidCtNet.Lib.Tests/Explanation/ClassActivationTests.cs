using CovidCtNet.Lib.Explanation.Graphs;

namespace CovidCtNet.Lib.Tests.Explanation;

/// <summary>The three class activation maps equal their papers' formulas, evaluated by NumPy on two channels of 2 x 2.</summary>
public class ClassActivationTests
{
    private static readonly float[] Activations = [1, 2, 0, 3, 2, 0, 1, 1];
    private static readonly float[] Gradients = [0.5f, -0.25f, 0.75f, 1, -1, 0.5f, -0.5f, 0.25f];

    [Fact]
    public void Grad_CAM() => AssertMap([0.125f, 1, -0.1875f, 1.3125f], ClassActivation.GradCam(Activations, Gradients, 2, 1));

    [Fact]
    public void Grad_CAM_plus_plus() =>
        AssertMap([0.75705128f, 0.68076923f, 0.20833333f, 1.22948718f], ClassActivation.GradCamPlusPlus(Activations, Gradients, 2, 1));

    /// <summary>Activations whose sum -2 makes the first place's fraction 1 / 0: it has no weight, the second has 0.5 / (2 - 2 * 0.5).</summary>
    [Fact]
    public void Grad_CAM_plus_plus_without_the_places_that_divide_by_zero() =>
        AssertMap([-1.5f, 0.5f, 0, 0], ClassActivation.GradCamPlusPlus([-3, 1, 0, 0], [1, 0.5f, -1, 0], 1, 1));

    [Fact]
    public void Layer_CAM() => AssertMap([0.5f, 0, 0, 3.25f], ClassActivation.LayerCam(Activations, Gradients, 2, 1));

    [Fact]
    public void The_opposite_class_of_one_logit_has_the_opposite_gradient()
    {
        var negated = Array.ConvertAll(Gradients, g => -g);
        AssertMap(ClassActivation.GradCamPlusPlus(Activations, negated, 2, 1), ClassActivation.GradCamPlusPlus(Activations, Gradients, 2, -1));
        AssertMap(ClassActivation.LayerCam(Activations, negated, 2, 1), ClassActivation.LayerCam(Activations, Gradients, 2, -1));
        AssertMap(ClassActivation.GradCam(Activations, negated, 2, 1), ClassActivation.GradCam(Activations, Gradients, 2, -1));
    }

    // Sums of a few float32 products: a few units in the last place.
    private static void AssertMap(float[] expected, float[] actual) => Assert.All(expected.Zip(actual), p => Assert.Equal(p.First, p.Second, 2e-6f));
}
