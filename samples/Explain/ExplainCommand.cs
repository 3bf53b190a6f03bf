using System.CommandLine;
using CovidCtNet.Lib.Explanation;
using CovidCtNet.Samples.Explain.Study;
using Spectre.Console;

namespace CovidCtNet.Samples.Explain;

/// <summary>The command line of the sample.</summary>
internal sealed class ExplainCommand : RootCommand
{
    private const string All = "all";

    private readonly Argument<string[]> _paths = new("paths")
    {
        Description = "Image files and folders. None: a synthetic slice whose true mask is known.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string[]> _methods = new("--method")
    {
        Description = $"How: {string.Join(", ", Enum.GetValues<AttentionMethod>().Select(AttentionMethodNames.NameOf))} or {All} (those that the model has); may be given more than once.",
        DefaultValueFactory = _ => [All],
    };

    private readonly Option<string[]> _layers = new("--layer") { Description = "Layer that class activation maps look at; may be given more than once. See --list-layers." };
    private readonly Option<string?> _model = new("--model") { Description = "ONNX file: with a model contract, or any classifier of pictures. Default: the model of CovidCtNet.Lib.Model." };
    private readonly Option<int?> _size = new("--size") { Description = "Columns and rows of the input, for a file without a contract that leaves them open." };
    private readonly Option<float[]> _mean = new("--mean") { Description = "Subtracted from intensities in [0, 1], for a file without a contract: a number, or one for each channel such as 0.485,0.456,0.406. Default: 0.", CustomParser = OptionRules.Numbers };
    private readonly Option<float[]> _std = new("--std") { Description = "Divides them then, such as 0.229,0.224,0.225. Default: 1.", CustomParser = OptionRules.Numbers };
    private readonly Option<string?> _scores = new("--scores") { Description = "Tensor of class scores, for a file without a contract that has several outputs." };
    private readonly Option<int?> _class = new("--class") { Description = "Class that is explained, from 0. Default: the positive class; without a contract the one with the highest score." };
    private readonly Option<string?> _masks = new("--masks") { Description = "Annotations: a folder of mask pictures or LabelMe files named like the slices (with their folders where slices of one name are given), or a COCO JSON file." };
    private readonly Option<string?> _lungs = new("--lungs") { Description = "Folder of lung mask pictures named like the slices." };
    private readonly Option<string> _out = new("--out") { Description = "Folder for pictures, maps and tables.", DefaultValueFactory = _ => Path.Combine("runs", "explain") };
    private readonly Option<bool> _list = new("--list-layers") { Description = "List the layers that can be looked at, and stop." };
    private readonly Option<bool> _tables = new("--tables-only") { Description = "Write the tables alone, no pictures and maps." };
    private readonly Option<bool> _candidates = new("--candidates") { Description = "Write each map as a candidate annotation (LabelMe JSON) for a reader to correct." };
    private readonly Option<int> _faithfulness = new("--faithfulness") { Description = "Measure deletion, insertion, randomised weights and shifts on this many slices." };
    private readonly Option<int> _groupSize = new("--group-size") { Description = "Neighbouring files drawn together by the bootstrap where names do not tell the scan. Default: names without their last number." };
    private readonly Option<OcclusionMode> _occlusion = new("--occlusion") { Description = "Occlusion windows that are run.", DefaultValueFactory = _ => OcclusionMode.Fast };
    private readonly Option<OcclusionFill> _fill = new("--fill") { Description = "What covers an occlusion window." };

    public ExplainCommand(IAnsiConsole console, TextWriter errors)
        : base("Shows where a model looks in chest-CT slices: model attention, not findings. Research use, not a medical device. Exit code 0: all done; 1: wrong arguments or model; 2: some files were unreadable, or there were none; 130: stopped.")
    {
        Add(_paths);
        foreach (var option in (Option[])[_methods, _layers, _model, _size, _mean, _std, _scores, _class, _masks, _lungs, _out, _list, _tables, _candidates, _faithfulness, _groupSize, _occlusion, _fill])
        {
            Add(option);
        }

        _paths.RefuseMistypedOptions();
        _size.AtLeast(1);
        _class.AtLeast(0);
        _faithfulness.AtLeast(0);
        _groupSize.AtLeast(0);
        Subcommands.Add(new StudyCommand(errors));
        Subcommands.Add(new OffsetCommand(errors));
        Subcommands.Add(new FineCommand(errors));
        _methods.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => t.Value != All && !AttentionMethodNames.TryParse(t.Value, out _)))
            {
                result.AddError($"{token.Value} is no method. {_methods.Description}");
            }
        });
        SetAction((result, cancellationToken) => Task.Run(() => new ExplainRun(console, errors).Run(RequestOf(result), cancellationToken), CancellationToken.None));
    }

    private ExplainRequest RequestOf(ParseResult result) => new()
    {
        Paths = result.GetValue(_paths) ?? [],
        Methods = MethodsOf(result.GetRequiredValue(_methods)),
        Layers = result.GetValue(_layers) ?? [],
        ModelPath = result.GetValue(_model),
        Input = new InputDescription(result.GetValue(_size), result.GetValue(_mean) ?? [], result.GetValue(_std) ?? [], result.GetValue(_scores)),
        TargetClass = result.GetValue(_class),
        Masks = result.GetValue(_masks),
        Lungs = result.GetValue(_lungs),
        OutputFolder = result.GetRequiredValue(_out),
        ListLayers = result.GetValue(_list),
        TablesOnly = result.GetValue(_tables),
        Candidates = result.GetValue(_candidates),
        Faithfulness = result.GetValue(_faithfulness),
        GroupSize = result.GetValue(_groupSize),
        Occlusion = new OcclusionOptions { Mode = result.GetValue(_occlusion), Fill = result.GetValue(_fill) },
    };

    private static AttentionMethod[] MethodsOf(string[] names) => names.Contains(All, StringComparer.Ordinal)
        ? []
        : [.. names.Select(name => AttentionMethodNames.TryParse(name, out var method) ? method : throw new ArgumentException($"{name} is no method.")).Distinct()];
}
