using CovidCtNet.Lib.Explanation;

namespace CovidCtNet.Samples.Explain;

/// <summary>What the command line asks for.</summary>
internal sealed record ExplainRequest
{
    /// <summary>Files and folders; none for a synthetic slice.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>Methods; none for all that the model has.</summary>
    public required IReadOnlyList<AttentionMethod> Methods { get; init; }

    /// <summary>Layers that class activation maps look at; none for the default.</summary>
    public required IReadOnlyList<string> Layers { get; init; }

    /// <summary>The model file, or null for the default model.</summary>
    public required string? ModelPath { get; init; }

    /// <summary>What a model file without a contract does not say.</summary>
    public required InputDescription Input { get; init; }

    /// <summary>The class explained; null for the model's default.</summary>
    public required int? TargetClass { get; init; }

    /// <summary>Folder of mask pictures or LabelMe files, or a COCO file.</summary>
    public required string? Masks { get; init; }

    /// <summary>Folder of lung mask pictures.</summary>
    public required string? Lungs { get; init; }

    public required string OutputFolder { get; init; }

    public required bool ListLayers { get; init; }

    /// <summary>Only the tables, no pictures and maps.</summary>
    public required bool TablesOnly { get; init; }

    public required bool Candidates { get; init; }

    /// <summary>Slices on which faithfulness is measured; 0 for none.</summary>
    public required int Faithfulness { get; init; }

    /// <summary>Neighbouring files that the bootstrap draws together where their names do not tell the scan; 0 takes names alone.</summary>
    public required int GroupSize { get; init; }

    public required OcclusionOptions Occlusion { get; init; }
}
