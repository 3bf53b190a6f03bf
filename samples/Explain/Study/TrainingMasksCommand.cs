using System.CommandLine;
using CovidCtNet.Lib.Explanation.Annotations;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Samples.Explain.Study;

/// <summary>A command that chooses something about a model's joined map by readers' masks of the training.</summary>
internal abstract class TrainingMasksCommand : Command
{
    private readonly Argument<string> _data = new("data") { Description = "Annotated set that may choose: one of the training, with the sub-folders ct… and infection…." };
    private readonly Option<string> _model = new("--model") { Description = "ONNX file with a model contract.", Required = true };
    private readonly Option<int> _slices = new("--slices") { Description = "Slices drawn.", DefaultValueFactory = _ => 100 };
    private readonly Option<int> _seed = new("--seed") { Description = "Draws the slices; take another than that of the study.", DefaultValueFactory = _ => 2 };

    protected TrainingMasksCommand(string name, string description, TextWriter errors)
        : base(name, description)
    {
        Add(_data);
        foreach (var option in (Option[])[_model, _slices, _seed])
        {
            Add(option);
        }

        _slices.AtLeast(1);
        SetAction((result, cancellationToken) => Task.Run(
            () => StudyGuard.Run(() => Run(result, cancellationToken), "Stopped; nothing was written.", errors, cancellationToken), CancellationToken.None));
    }

    protected abstract void Run(ParseResult result, CancellationToken cancellationToken);

    protected string ModelOf(ParseResult result) => result.GetRequiredValue(_model);

    protected (string Set, (CtImage Image, InfectionAnnotation Annotation)[] Slices) Draw(ParseResult result, CancellationToken cancellationToken)
    {
        var data = result.GetRequiredValue(_data);
        var set = StudySet.Find(data, cancellationToken) is [var only] ? only : throw new IOException($"{data} holds several annotated sets: name one.");
        return (set.Name, [.. set.Draw(result.GetValue(_slices), result.GetValue(_seed)).Select(s => (CtImage.Load(s.Image), InfectionAnnotation.LoadMask(s.Infection)))]);
    }
}
