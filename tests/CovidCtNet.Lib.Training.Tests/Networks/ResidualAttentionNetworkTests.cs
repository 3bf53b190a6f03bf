using CovidCtNet.Lib.Training.Native;
using CovidCtNet.Lib.Training.Networks;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Training.Tests.Networks;

/// <summary>The network is the published one: counts and shapes of the authors' deploy file.</summary>
public class ResidualAttentionNetworkTests
{
    public ResidualAttentionNetworkTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void Attention56_has_the_published_number_of_parameters_and_convolutions()
    {
        using var network = new ResidualAttentionNetwork(new() { InputChannels = 3, Head = ClassifierHead.TwoClass, Classes = 1000 });

        Assert.Equal(31_810_728, network.ParameterCount);
        Assert.Equal(110, network.modules().OfType<TorchSharp.Modules.Conv2d>().Count());
    }

    [Fact]
    public void Every_layer_has_the_shape_of_the_published_table()
    {
        using var scope = NewDisposeScope();
        using var network = new ResidualAttentionNetwork(NetworkOptions.Attention56);
        network.eval();
        using var noGrad = no_grad();
        var shapes = new Dictionary<string, long[]>();
        var masks = new List<Tensor>();

        using var logits = network.Run(zeros(1, 1, 224, 224), masks, (name, tensor) => shapes.Add(name, tensor.shape));

        Assert.Equal([1, 64, 112, 112], shapes["conv1"]);
        Assert.Equal([1, 64, 56, 56], shapes["pool"]);
        Assert.Equal([1, 256, 56, 56], shapes["pre1"]);
        Assert.Equal([1, 256, 56, 56], shapes["attention1"]);
        Assert.Equal([1, 512, 28, 28], shapes["pre2"]);
        Assert.Equal([1, 512, 28, 28], shapes["attention2"]);
        Assert.Equal([1, 1024, 14, 14], shapes["pre3"]);
        Assert.Equal([1, 1024, 14, 14], shapes["attention3"]);
        Assert.Equal([1, 2048, 7, 7], shapes["post"]);
        Assert.Equal([1, 2048], shapes["features"]);
        Assert.Equal([1, 1], logits.shape);
        Assert.Equal([256, 512, 1024], masks.Select(m => m.shape[1]));
        Assert.All(masks, m => Assert.InRange(m.min().item<float>(), 0f, m.max().item<float>()));
        Assert.All(masks, m => Assert.InRange(m.max().item<float>(), 0f, 1f));
    }

    // Wang et al. 2017 give 92 weighted layers on the longest path; counted here by the block structure: one, two and three
    // modules of 38, 29 and 20 convolutions, 1 + 12 in front and 10 behind.
    [Fact]
    public void Attention92_repeats_the_modules_once_twice_and_three_times()
    {
        using var network = new ResidualAttentionNetwork(NetworkOptions.Attention92 with { Width = 0.25 });

        Assert.Equal(1 + 12 + 38 + (2 * 29) + (3 * 20) + 10, network.modules().OfType<TorchSharp.Modules.Conv2d>().Count());
        Assert.Equal(6, network.attention.Count);
    }

    [Fact]
    public void Without_attention_only_the_trunk_is_left()
    {
        using var network = new ResidualAttentionNetwork(NetworkOptions.Attention56 with { Width = 0.25, Attention = false });
        using var scope = NewDisposeScope();

        var (_, masks) = network.ForwardWithMasks(zeros(2, 1, 64, 64));

        Assert.Empty(masks);
        Assert.DoesNotContain(network.named_parameters(), p => p.name.Contains("mask", StringComparison.Ordinal));
        Assert.Equal(1 + 12 + 10 + (3 * 4 * 3), network.modules().OfType<TorchSharp.Modules.Conv2d>().Count());
    }

    // Recomputes the module's output from its own parts: a mask taken from T instead of x, or M * T instead of (1 + M) * T, fails.
    [Fact]
    public void Attention_module_computes_one_plus_mask_times_trunk()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        using var module = new AttentionModule("module", 16, 2);
        module.eval();
        using var noGrad = no_grad();
        var input = randn(2, 16, 13, 10);

        var x = module.before.forward(input);
        var t = module.trunk.forward(x);
        var m = module.mask!.forward(x);
        var expected = module.after.forward(t + (m * t));
        var actual = module.forward(input);

        Assert.Equal([2, 16, 13, 10], actual.shape);
        Assert.True(allclose(expected, actual, rtol: 1e-5, atol: 1e-5));
        Assert.True(m.std().item<float>() > 1e-4f, "The mask is constant: the test would not see where it was applied.");
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.25)]
    [InlineData(0.375)]
    public void Width_scales_the_channels(double width)
    {
        using var network = new ResidualAttentionNetwork(NetworkOptions.Attention56 with { Width = width });

        Assert.Equal((long)(2048 * width), network.fc.weight.shape[1]);
        Assert.Equal((long)(64 * width), network.conv1.weight.shape[0]);
    }

    [Theory]
    [InlineData(48)]
    [InlineData(64)]
    [InlineData(100)]
    [InlineData(117)]
    [InlineData(161)]
    public void Odd_input_sizes_run(int size)
    {
        using var scope = NewDisposeScope();
        using var network = new ResidualAttentionNetwork(NetworkOptions.Attention56 with { Width = 0.125, InputHeight = size, InputWidth = size + 3 });
        network.eval();
        using var noGrad = no_grad();

        Assert.Equal([2, 1], network.forward(randn(2, 1, size, size + 3)).shape);
    }

    [Fact]
    public void Channels_last_weights_give_the_same_logits()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        using var network = new ResidualAttentionNetwork(NetworkOptions.Attention56 with { Width = 0.125 });
        network.eval();
        using var noGrad = no_grad();
        var input = randn(2, 1, 96, 96);
        var before = network.forward(input);

        network.UseChannelsLast();

        // A different kernel sums in a different order: a few float roundings through 56 layers.
        Assert.True(allclose(before, network.forward(input), rtol: 1e-4, atol: 1e-5));
        Assert.All(network.modules().OfType<TorchSharp.Modules.Conv2d>().Where(c => c.weight.shape[1] > 1 && c.weight.shape[2] > 1), c => Assert.Equal(1, c.weight.stride()[1]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(5)]
    public void Width_outside_its_range_is_refused(double width) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new NetworkOptions { Width = width });
}
