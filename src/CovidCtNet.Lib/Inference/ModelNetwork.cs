namespace CovidCtNet.Lib.Inference;

/// <summary>The network of a model, as its contract describes it.</summary>
public sealed record ModelNetwork
{
    /// <summary>The architecture, such as "attention-56".</summary>
    public required string Architecture { get; init; }

    /// <summary>Channel multiplier against the published network, above 0; 1 is the published width.</summary>
    public required double Width { get; init; }

    /// <summary>Channels C of the input, 1 to 4; a gray slice fills each of them alike.</summary>
    public required int InputChannels { get; init; }

    /// <summary>Columns W of the input.</summary>
    public required int InputWidth { get; init; }

    /// <summary>Rows H of the input.</summary>
    public required int InputHeight { get; init; }

    /// <summary>What the last layer gives.</summary>
    public required ModelHead Head { get; init; }

    /// <summary>Whether the network has attention modules, whose masks can be shown.</summary>
    public required bool Attention { get; init; }

    /// <summary>Whether the network takes each slice's mean and standard deviation out itself, so that brightness and linear contrast count for nothing.</summary>
    public bool StandardizesInput { get; init; }

    internal IEnumerable<string> Validate()
    {
        if (string.IsNullOrWhiteSpace(Architecture))
        {
            yield return "network.architecture is empty";
        }

        if (!(double.IsFinite(Width) && Width > 0))
        {
            yield return "network.width must be finite and above 0";
        }

        if (InputChannels is < 1 or > 4)
        {
            yield return "network.inputChannels must be 1 to 4";
        }

        if (!Enum.IsDefined(Head))
        {
            yield return "network.head is not known";
        }
    }
}
