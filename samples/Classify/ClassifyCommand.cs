using System.CommandLine;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using Spectre.Console;

namespace CovidCtNet.Samples.Classify;

/// <summary>The command line of the sample.</summary>
internal sealed class ClassifyCommand : RootCommand
{
    private readonly Argument<string[]> _paths = new("paths")
    {
        Description = "Image files and folders. Every file below a folder is taken but for hidden and system ones; what is no PNG, JPEG, BMP, TIFF, DICOM or NIfTI slice is reported as unreadable. None: synthetic slices.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string?> _model = new("--model") { Description = "ONNX file with a model contract. Default: the model of CovidCtNet.Lib.Model." };
    private readonly Option<string?> _out = new("--out") { Description = "CSV to write: path,probability,logit,label,threshold." };
    private readonly Option<int> _batch = new("--batch") { Description = "Slices that go through the network at once, 1 to 1024.", DefaultValueFactory = _ => CovidCtModelOptions.Default.BatchSize };
    private readonly Option<CtExecutionProvider> _provider = new("--provider") { Description = "What runs the model: cpu, cuda or tensorrt." };

    private readonly Option<CtGateMode> _gate = new("--gate") { Description = "Input gate: off, warn, or enforce (leave out what looks like no axial chest CT in a lung window).", DefaultValueFactory = _ => CtGateMode.Warn };
    private readonly Option<ModelPrecision> _precision = new("--precision") { Description = "Default model to take: float32 or int8 (faster)." };
    private readonly Option<int> _threads = new("--threads") { Description = "Threads of a run; 0 leaves it to ONNX Runtime." };
    private readonly Option<bool> _tune = new("--tune") { Description = "Find the fastest threads and batch size on this machine first, and use them." };

    public ClassifyCommand(IAnsiConsole console, TextWriter errors)
        : base("Classifies chest-CT slices. Research use, not a medical device. Exit code 0: all done; 1: wrong arguments or model; 2: some files were unreadable; 130: stopped.")
    {
        Add(_paths);
        Add(_model);
        Add(_out);
        Add(_batch);
        Add(_provider);
        Add(_gate);
        Add(_precision);
        Add(_threads);
        Add(_tune);
        _batch.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out var batch) && batch is < 1 or > 1024)
            {
                result.AddError("--batch must be 1 to 1024.");
            }
        });

        _paths.Validators.Add(result =>
        {
            // Any word may be a path, so that the parser takes a mistyped option for one.
            foreach (var token in result.Tokens.Where(t => t.Value.StartsWith('-') && !Path.Exists(t.Value)))
            {
                result.AddError($"{token.Value} is neither an option nor a file.");
            }
        });

        // On the pool, so that Ctrl-C is heard while files are looked for and the model is loaded.
        SetAction((result, cancellationToken) => Task.Run(() => new ClassifyRun(console, errors).RunAsync(RequestOf(result), cancellationToken), CancellationToken.None));
    }

    private ClassifyRequest RequestOf(ParseResult result) => new(
        result.GetValue(_paths) ?? [],
        result.GetValue(_model),
        result.GetValue(_out),
        new CovidCtModelOptions
        {
            BatchSize = result.GetValue(_batch),
            Provider = result.GetValue(_provider),
            Precision = result.GetValue(_precision),
            Gate = result.GetValue(_gate),
            IntraOpThreads = Math.Clamp(result.GetValue(_threads), 0, 1024),
        },
        result.GetValue(_tune));
}
