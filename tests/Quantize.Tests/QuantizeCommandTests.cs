using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Samples.Quantize;

namespace Quantize.Tests;

/// <summary>The command on synthetic slices: what it writes, what it refuses, and that a refusal leaves no file.</summary>
public sealed class QuantizeCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("covidctnet-quantize-");
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public QuantizeCommandTests()
    {
        foreach (var (name, opacities) in new[] { ("COVID", 5), ("non-COVID", 0) })
        {
            var folder = _folder.CreateSubdirectory(Path.Combine("slices", name));
            for (var i = 0; i < 4; i++)
            {
                CtPhantom.Create(i, new CtPhantomOptions { Opacities = opacities, Width = 96, Height = 96 }).Image.SavePng(Path.Combine(folder.FullName, $"{i}.png"));
            }
        }
    }

    private string Slices => Path.Combine(_folder.FullName, "slices");

    private string Result => Path.Combine(_folder.FullName, "result.onnx");

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        _output.Dispose();
        _errors.Dispose();
    }

    [Fact]
    public async Task Writes_an_8_bit_model_with_its_own_metrics_and_a_table_of_layers()
    {
        var layers = Path.Combine(_folder.FullName, "layers.csv");
        Assert.Equal(ExitCode.Success, await Run("--calibrate", Slices, "--validate", Slices, "--out", Result, "--layers", layers, "--max-auc-loss", "1", "--min-agreement", "0"));
        using var model = CovidCtModel.Load(Result);
        Assert.Equal(ModelPrecision.Int8, model.Contract.Precision);
        Assert.Equal(["AUC", "agreement with float32"], model.Contract.Metrics.Select(m => m.Name));
        Assert.All(model.Contract.Metrics, m => Assert.Equal(8, m.Samples));
        var rows = await File.ReadAllLinesAsync(layers);
        Assert.Equal("layer,operator,precision,reason,signal_to_noise_db,logit_error", rows[0]);
        Assert.Contains(rows, r => r.StartsWith("logits,Gemm,float32,head,", StringComparison.Ordinal));
        Assert.Contains("batch 8:", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_a_model_that_loses_more_than_allowed_and_writes_nothing()
    {
        // No model keeps more than all labels.
        Assert.Equal(ExitCode.Refused, await Run("--calibrate", Slices, "--validate", Slices, "--out", Result, "--min-agreement", "1.01"));
        Assert.False(File.Exists(Result));
        Assert.Contains("Refused", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Converts_to_16_bits_without_calibration()
    {
        Assert.Equal(ExitCode.Success, await Run("--precision", "float16", "--validate", Slices, "--out", Result, "--max-auc-loss", "1", "--min-agreement", "0"));
        using var model = CovidCtModel.Load(Result);
        Assert.Equal(ModelPrecision.Float16, model.Contract.Precision);
    }

    [Fact]
    public async Task Says_what_is_missing()
    {
        Assert.Equal(ExitCode.Usage, await Run("--validate", Slices, "--out", Result));
        Assert.Contains("calibrate", _errors.ToString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, await Run("--calibrate", Path.Combine(_folder.FullName, "none"), "--validate", Slices, "--out", Result));
        Assert.Equal(ExitCode.Usage, await Run("--calibrate", Slices, "--calibrate-only", "no filter", "--validate", Slices, "--out", Result));
        Assert.False(File.Exists(Result));
    }

    private Task<int> Run(params string[] arguments) => new QuantizeCommand(_output, _errors).Parse([.. arguments, "--turns", "1"]).InvokeAsync();
}
