using System.CommandLine;

namespace CovidCtNet.Samples.Explain.Study;

/// <summary><c>study</c>: every figure of docs/experiments/attention.md in one run.</summary>
internal sealed class StudyCommand : Command
{
    private readonly Argument<string> _data = new("data") { Description = "Folder of annotated sets, each with the sub-folders ct…, infection… and lung…." };
    private readonly Option<string?> _model = new("--model") { Description = "ONNX file with a model contract. Default: the model of CovidCtNet.Lib.Model." };
    private readonly Option<string> _out = new("--out") { Description = "Folder for tables and gallery.", DefaultValueFactory = _ => Path.Combine("runs", "attention-study") };
    private readonly Option<string?> _into = new("--into") { Description = "Markdown file whose part between the study's markers is replaced by the tables." };
    private readonly Option<int> _slices = new("--slices") { Description = "Slices of each set for maps of one run.", DefaultValueFactory = _ => 50 };
    private readonly Option<int> _slow = new("--slow-slices") { Description = "Slices of each set for maps of many runs.", DefaultValueFactory = _ => 12 };
    private readonly Option<int> _faithful = new("--faithful-slices") { Description = "Slices of each set for deletion, insertion, randomised weights and shifts.", DefaultValueFactory = _ => 5 };
    private readonly Option<int> _seed = new("--seed") { Description = "Draws the slices.", DefaultValueFactory = _ => 1 };
    private readonly Option<string[]> _trainedOn = new("--trained-on") { Description = "Sets whose masks or slices the model was trained on; may be given several times.", DefaultValueFactory = _ => [] };

    public StudyCommand(TextWriter errors)
        : base("study", "Measures maps against readers' masks, their faithfulness and repeatability, and writes the tables.")
    {
        Add(_data);
        foreach (var option in (Option[])[_model, _out, _into, _slices, _slow, _faithful, _seed, _trainedOn])
        {
            Add(option);
        }

        foreach (var count in (Option[])[_slices, _slow, _faithful])
        {
            count.AtLeast(0);
        }

        SetAction((result, cancellationToken) => Task.Run(
            () => StudyGuard.Run(() => Run(result, cancellationToken), "Stopped; no tables were written.", errors, cancellationToken), CancellationToken.None));
    }

    private void Run(ParseResult result, CancellationToken cancellationToken) =>
        new StudyRun(new StudyRequest(
            result.GetRequiredValue(_data), result.GetValue(_model), result.GetRequiredValue(_out), result.GetValue(_into), result.GetValue(_slices), result.GetValue(_slow), result.GetValue(_faithful), result.GetValue(_seed), result.GetRequiredValue(_trainedOn)))
            .Run(cancellationToken);
}
