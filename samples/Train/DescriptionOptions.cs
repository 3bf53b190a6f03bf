using System.CommandLine;
using CovidCtNet.Lib.Training.Runs;

namespace CovidCtNet.Samples.Train;

/// <summary>The options of every command that writes a model: what its contract says and no computation can know.</summary>
internal sealed class DescriptionOptions
{
    private readonly Option<string> _name = new("--name") { Description = "Name of the model in its contract.", DefaultValueFactory = _ => "covid-ct" };
    private readonly Option<string> _version = new("--model-version") { Description = "Version of the model in its contract.", DefaultValueFactory = _ => "0.1.0" };
    private readonly Option<string?> _dataName = new("--data-name") { Description = "The data and its source, for the contract. Default: the path of the data." };
    private readonly Option<string> _license = new("--weights-license") { Description = "Licence of the weights, for the contract.", DefaultValueFactory = _ => "not stated" };
    private readonly Option<string?> _attentionLayer = new("--attention-layer") { Description = "Tensor that class activation maps of the model look at by default, for the contract." };

    public Option[] All => [_name, _version, _dataName, _license, _attentionLayer];

    /// <summary>What a contract calls the data where nothing else is said.</summary>
    public static string NameOf(string data) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(data)));

    public ModelDescription Of(ParseResult result, string data) => new()
    {
        Name = result.GetRequiredValue(_name),
        Version = result.GetRequiredValue(_version),
        Data = result.GetValue(_dataName) ?? NameOf(data),
        WeightsLicense = result.GetRequiredValue(_license),
        AttentionLayer = result.GetValue(_attentionLayer),
    };
}
