using System.CommandLine;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Samples.Series;

/// <summary>The command line of the sample.</summary>
internal sealed class SeriesCommand : RootCommand
{
    private readonly Argument<string> _path = new("path") { Description = "A folder or zip archive of DICOM files, or one DICOM or NIfTI file." };
    private readonly Option<string?> _out = new("--out") { Description = "Folder for results: JSON, a DICOM structured report and overlays as secondary captures for each series." };
    private readonly Option<string?> _model = new("--model") { Description = "ONNX file with a model contract. Default: the model of CovidCtNet.Lib.Model." };
    private readonly Option<CtGateMode> _gate = new("--gate") { Description = "Input gate: off, warn, or enforce (leave out what looks like no axial chest CT).", DefaultValueFactory = _ => CtGateMode.Warn };
    private readonly Option<int> _maps = new("--maps") { Description = "Slices of a series that get a map, the most telling first, 0 to 1000.", DefaultValueFactory = _ => 3 };
    private readonly Option<bool> _identified = new("--identified") { Description = "Copy patient and study data into the DICOM results, so that an archive files them." };
    private readonly Option<bool> _names = new("--names") { Description = "Print names of files, which may name patients; numbers are printed otherwise." };

    public SeriesCommand(TextWriter output, TextWriter errors)
        : base("Judges the CT series of a study. Research use, not a medical device. Exit code 0: all done; 1: wrong arguments, model or path; 2: some files were unreadable or a series could not be judged; 130: stopped.")
    {
        Add(_path);
        foreach (var option in (Option[])[_out, _model, _gate, _maps, _identified, _names])
        {
            Add(option);
        }

        _maps.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out var maps) && maps is < 0 or > 1000)
            {
                result.AddError("--maps must be 0 to 1000.");
            }
        });
        SetAction((result, cancellationToken) => Task.Run(() => new SeriesRun(output, errors).Run(RequestOf(result), cancellationToken), CancellationToken.None));
    }

    private SeriesRequest RequestOf(ParseResult result) => new()
    {
        Path = result.GetRequiredValue(_path),
        OutputFolder = result.GetValue(_out),
        ModelPath = result.GetValue(_model),
        Gate = result.GetValue(_gate),
        Maps = result.GetValue(_maps),
        Identified = result.GetValue(_identified),
        Names = result.GetValue(_names),
    };
}
