using CovidCtNet.Lib.Training.Augmentation;
using CovidCtNet.Lib.Training.Runs;
using CovidCtNet.Lib.Training.Studies;

namespace CovidCtNet.Lib.Training.Tests.Runs;

public sealed class OptionsTests
{
    // Each of these was accepted, or ended in an exception without a word for its reader.
    [Theory]
    [InlineData("{ \"network\": null }")]
    [InlineData("{ \"optimizer\": null }")]
    [InlineData("{ \"preprocessing\": null }")]
    [InlineData("{ \"augmentation\": null }")]
    [InlineData("{ \"loss\": null }")]
    [InlineData("{ \"optimizer\": { \"kind\": 99 } }")]
    [InlineData("{ \"optimizer\": { \"kind\": \"99\" } }")]
    [InlineData("{ \"optimizer\": { \"learningRate\": \"Infinity\" } }")]
    [InlineData("{ \"optimizer\": { \"weightDecay\": \"Infinity\" } }")]
    [InlineData("{ \"gradientClip\": \"Infinity\" }")]
    [InlineData("{ \"loss\": { \"focalGamma\": \"Infinity\" } }")]
    [InlineData("{ \"loss\": { \"positiveWeight\": \"Infinity\" } }")]
    [InlineData("{ \"threads\": 5000 }")]
    public void Options_that_name_nothing_to_train_with_are_refused(string json) =>
        Assert.Throws<TrainingException>(() => TrainingOptions.FromJson(json));

    [Fact]
    public void Weight_and_guidance_that_may_be_null_still_may() =>
        Assert.Null(TrainingOptions.FromJson("{ \"guidance\": null, \"startFrom\": null, \"loss\": { \"positiveWeight\": null } }").Loss.PositiveWeight);

    [Fact]
    public void Options_of_published_experiments_are_still_read()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "CovidCtNet.Lib.sln")))
        {
            root = root.Parent!;
        }

        var folder = Path.Combine(root.FullName, "docs", "experiments");
        var files = Directory.GetFiles(folder, "*.options.json", SearchOption.AllDirectories);

        Assert.NotEmpty(files);
        Assert.All(files, f => TrainingOptions.FromJson(File.ReadAllText(f)));
        TrainingOptions.FromJson(File.ReadAllText(Path.Combine(folder, "default-model.json")));
        SweepOptions.FromJson(File.ReadAllText(Path.Combine(folder, "paper-table.json")));
    }

    [Fact]
    public void Training_options_without_augmentation_have_the_default_one()
    {
        Assert.Equal(new AugmentationOptions(), AugmentationOptions.FromJson("{ \"epochs\": 3 }"));
        Assert.Equal(7, AugmentationOptions.FromJson("{ \"Augmentation\": { \"rotationDegrees\": 7 } }").RotationDegrees);
        Assert.Equal(8, AugmentationOptions.FromJson("{ \"rotationDegrees\": 8 }").RotationDegrees);
        Assert.Throws<TrainingException>(() => AugmentationOptions.FromJson("{ \"rotation\": 8 }"));
    }
}
