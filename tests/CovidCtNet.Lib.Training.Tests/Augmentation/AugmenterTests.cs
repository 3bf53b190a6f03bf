using CovidCtNet.Lib.Training.Augmentation;
using CovidCtNet.Lib.Training.Native;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Training.Tests.Augmentation;

public class AugmenterTests
{
    public AugmenterTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void No_augmentation_leaves_the_batch_as_it_is()
    {
        using var scope = NewDisposeScope();
        var batch = rand(3, 1, 20, 26);

        // Sampling at the pixel centres, computed in float: a few roundings.
        Assert.True(allclose(batch, Augmenter.Apply(batch, AugmentationOptions.None, 1), rtol: 0, atol: 1e-4));
    }

    [Fact]
    public void Same_seed_gives_the_same_batch_and_another_seed_another()
    {
        using var scope = NewDisposeScope();
        var batch = rand(4, 1, 32, 32);
        var options = new AugmentationOptions();

        var first = Augmenter.Apply(batch, options, 5);

        Assert.True(first.equal(Augmenter.Apply(batch, options, 5)).all().item<bool>());
        Assert.False(allclose(first, Augmenter.Apply(batch, options, 6)));
    }

    [Fact]
    public void Intensities_stay_in_their_range_and_shape()
    {
        using var scope = NewDisposeScope();
        var batch = rand(16, 1, 30, 40);

        var result = Augmenter.Apply(batch, new AugmentationOptions { Brightness = 1, Contrast = 1, Noise = 1, Erasing = 1 }, 3);

        Assert.Equal(batch.shape, result.shape);
        Assert.InRange(result.min().item<float>(), 0, 1);
        Assert.InRange(result.max().item<float>(), 0, 1);
    }

    [Fact]
    public void Flip_mirrors_left_and_right()
    {
        using var scope = NewDisposeScope();
        var batch = rand(2, 1, 16, 21);

        var flipped = Augmenter.Apply(batch, AugmentationOptions.None with { HorizontalFlip = 1 }, 1);

        Assert.True(allclose(batch.flip(3), flipped, rtol: 0, atol: 1e-4));
    }

    // A disc about the centre is the same under any rotation: what turns it into an ellipse on a wide picture is a wrong matrix.
    [Fact]
    public void Rotation_keeps_shapes_on_pictures_that_are_not_square()
    {
        using var scope = NewDisposeScope();
        var (height, width) = (48, 96);
        var y = arange(height).reshape(1, 1, height, 1) - ((height - 1) / 2.0);
        var x = arange(width).reshape(1, 1, 1, width) - ((width - 1) / 2.0);
        var disc = (1 / (1 + (((x * x) + (y * y)).sqrt() - 14).exp())).to_type(ScalarType.Float32);

        var rotated = Augmenter.Apply(disc, AugmentationOptions.None with { RotationDegrees = 180 }, 2);

        // Bilinear interpolation of an edge one pixel soft.
        Assert.InRange((disc - rotated).abs().max().item<float>(), 1e-5f, 0.06f);
    }

    [Fact]
    public void Erasing_blanks_one_rectangle_of_the_stated_area()
    {
        using var scope = NewDisposeScope();
        var batch = zeros(20, 1, 40, 40);

        var changed = (Augmenter.Apply(batch, AugmentationOptions.None with { Erasing = 1 }, 4) != 0).to_type(ScalarType.Float32).mean([1, 2, 3]);

        Assert.InRange(changed.min().item<float>(), 0.01f, 0.15f);
        Assert.InRange(changed.max().item<float>(), 0.02f, 0.16f);
    }

    [Fact]
    public void Mixup_blends_slices_and_labels_by_the_same_weight()
    {
        using var scope = NewDisposeScope();

        // Each slice is constant and equal to its label, so that the blend shows the same in both.
        var y = tensor(Enumerable.Range(0, 16).Select(i => (float)(i % 2)).ToArray());
        var x = y.reshape(16, 1, 1, 1).expand(16, 1, 4, 4).contiguous();

        var (mixed, labels) = Mixup.Apply(x, y, 2, 9);

        Assert.True(allclose(mixed.mean([1, 2, 3]), labels, rtol: 0, atol: 1e-6));
        Assert.True(((labels > 0.001) & (labels < 0.999)).any().item<bool>());
        Assert.True(mixed.equal(Mixup.Apply(x, y, 2, 9).X).all().item<bool>());
    }

    [Fact]
    public void Options_outside_their_range_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new AugmentationOptions { MinimumCrop = 0 });
}
