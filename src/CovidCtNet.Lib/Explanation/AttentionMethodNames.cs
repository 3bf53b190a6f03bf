namespace CovidCtNet.Lib.Explanation;

/// <summary>The names of the methods in files, tables and command lines.</summary>
public static class AttentionMethodNames
{
    /// <summary>The name of a method in lower case with hyphens, such as <c>grad-cam++</c>.</summary>
    /// <param name="method">The method.</param>
    /// <exception cref="ArgumentOutOfRangeException">The method is not known.</exception>
    public static string NameOf(AttentionMethod method) => method switch
    {
        AttentionMethod.GradCam => "grad-cam",
        AttentionMethod.GradCamPlusPlus => "grad-cam++",
        AttentionMethod.LayerCam => "layer-cam",
        AttentionMethod.InputGradient => "input-gradient",
        AttentionMethod.SmoothGrad => "smooth-grad",
        AttentionMethod.IntegratedGradients => "integrated-gradients",
        AttentionMethod.AttentionMask => "attention",
        AttentionMethod.Occlusion => "occlusion",
        AttentionMethod.FusedGradCam => "fused-grad-cam",
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "The attention method is not known."),
    };

    /// <summary>The method of a name that <see cref="NameOf"/> gives, in any case; false where there is none.</summary>
    /// <param name="name">The name.</param>
    /// <param name="method">The method found.</param>
    public static bool TryParse(string? name, out AttentionMethod method)
    {
        foreach (var candidate in Enum.GetValues<AttentionMethod>())
        {
            if (string.Equals(NameOf(candidate), name, StringComparison.OrdinalIgnoreCase))
            {
                method = candidate;
                return true;
            }
        }

        method = default;
        return false;
    }
}
