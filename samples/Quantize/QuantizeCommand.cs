using System.CommandLine;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;
using CovidCtNet.Lib.Quantization;
using CovidCtNet.Samples.Evaluate.Scores;

namespace CovidCtNet.Samples.Quantize;

/// <summary>The command line of the sample.</summary>
internal sealed class QuantizeCommand : RootCommand
{
    private readonly Argument<string?> _model = new("model") { Description = "Float32 ONNX file with a model contract. None: the default model.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _calibrate = new("--calibrate") { Description = "Folder of class folders, or list path,label[,group]: slices that ranges are found on. Needed for int8." };
    private readonly Option<ModelPrecision> _precision = new("--precision") { Description = "int8, or float16 for GPUs.", DefaultValueFactory = _ => ModelPrecision.Int8 };
    private readonly Option<string[]> _calibrateOnly = Filter("--calibrate-only");
    private readonly Option<string?> _validate = new("--validate") { Description = "Folder or list of other, labelled slices that decide.", Required = true };
    private readonly Option<string[]> _validateOnly = Filter("--validate-only");
    private readonly Option<string?> _test = new("--test") { Description = "Folder or list of labelled slices to report on as well; they decide nothing." };
    private readonly Option<string[]> _testOnly = Filter("--test-only");
    private readonly Option<bool> _seen = new("--seen") { Description = "The float32 model was trained on these slices: its figures are named so in the contract. The loss by rounding is judged all the same." };
    private readonly Option<string> _out = new("--out") { Description = "ONNX file to write.", Required = true };
    private readonly Option<string?> _layers = new("--layers") { Description = "CSV to write: what became of each layer, with its error." };
    private readonly Option<int> _slices = new("--slices") { Description = "Slices to calibrate with, taken evenly from the list.", DefaultValueFactory = _ => 200 };
    private readonly Option<CalibrationMethod> _method = new("--method") { Description = "minmax, percentile or entropy.", DefaultValueFactory = _ => QuantizationOptions.Default.Calibration };
    private readonly Option<double> _percentile = new("--percentile") { Description = "Share of values that percentile keeps, in percent.", DefaultValueFactory = _ => QuantizationOptions.Default.Percentile };
    private readonly Option<bool> _equalize = new("--equalize") { Description = "Bring channels of neighbouring convolutions to one range." };
    private readonly Option<bool> _plainBias = new("--no-bias-correction") { Description = "Leave the mean error of rounded weights in." };
    private readonly Option<int> _weightBits = new("--weight-bits") { Description = "8, or 7 for processors without integer dot products.", DefaultValueFactory = _ => 8 };
    private readonly Option<int> _sensitive = new("--float-layers") { Description = "Keep this many layers in float: the most sensitive ones, which are measured." };
    private readonly Option<string[]> _keep = new("--keep") { Description = "Name of a node to keep in float; may be given several times." };
    private readonly Option<int> _turns = new("--turns") { Description = "Turns of each network when speed is measured.", DefaultValueFactory = _ => 15 };
    private readonly Option<double> _loss = new("--max-auc-loss") { Description = "Refuse a model that loses more.", DefaultValueFactory = _ => 0.005 };
    private readonly Option<double> _agreement = new("--min-agreement") { Description = "Refuse a model that keeps fewer labels.", DefaultValueFactory = _ => 0.99 };

    public QuantizeCommand(TextWriter output, TextWriter errors)
        : base("Turns a float32 model into an 8-bit or 16-bit one and measures what that costs and gains. Exit code 0: written; 1: wrong arguments, model or slices; 3: refused, nothing written; 130: stopped.")
    {
        foreach (var symbol in new Option[]
        {
            _precision, _calibrate, _calibrateOnly, _validate, _validateOnly, _test, _testOnly, _seen, _out, _layers, _slices, _method, _percentile, _equalize, _plainBias,
            _weightBits, _sensitive, _keep, _turns, _loss, _agreement,
        })
        {
            Add(symbol);
        }

        Add(_model);
        SetAction((result, cancellationToken) => Task.Run(() => Run(result, output, errors, cancellationToken), CancellationToken.None));
    }

    private static Option<string[]> Filter(string name) => new(name) { Description = "Lines of the list to keep, column=value; given several times, all of them." };

    private async Task<int> Run(ParseResult result, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        QuantizeRequest request;
        try
        {
            request = RequestOf(result);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            await errors.WriteLineAsync(e.Message);
            return ExitCode.Usage;
        }

        return await new QuantizeRun(output, errors).RunAsync(request, cancellationToken);
    }

    private QuantizeRequest RequestOf(ParseResult result) => new()
    {
        ModelPath = result.GetValue(_model),
        Precision = result.GetValue(_precision),
        Calibration = Source(result, _calibrate, _calibrateOnly),
        Validation = Source(result, _validate, _validateOnly)!,
        Report = Source(result, _test, _testOnly),
        Seen = result.GetValue(_seen),
        OutputPath = result.GetRequiredValue(_out),
        LayersPath = result.GetValue(_layers),
        CalibrationSlices = Math.Max(1, result.GetValue(_slices)),
        Turns = Math.Max(1, result.GetValue(_turns)),
        MaximumAucLoss = result.GetValue(_loss),
        MinimumAgreement = result.GetValue(_agreement),
        Options = new ModelQuantizationOptions
        {
            FloatLayersBySensitivity = result.GetValue(_sensitive),
            Graph = new QuantizationOptions
            {
                Calibration = result.GetValue(_method),
                Percentile = result.GetValue(_percentile),
                EqualizeLayers = result.GetValue(_equalize),
                CorrectBiases = !result.GetValue(_plainBias),
                WeightBits = result.GetValue(_weightBits),
                FloatNodes = result.GetValue(_keep) ?? [],
            },
        },
    };

    private static SliceSource? Source(ParseResult result, Option<string?> path, Option<string[]> filters)
        => result.GetValue(path) is { } given ? new SliceSource(given, [.. (result.GetValue(filters) ?? []).Select(f => CsvFilter.Parse(f)!)]) : null;
}
