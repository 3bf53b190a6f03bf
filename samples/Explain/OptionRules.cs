using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace CovidCtNet.Samples.Explain;

/// <summary>What values the options take.</summary>
internal static class OptionRules
{
    /// <summary>Refuses numbers below a limit.</summary>
    public static void AtLeast(this Option option, int least) => option.Validators.Add(result =>
    {
        if (result.Tokens is [var token] && int.TryParse(token.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number < least)
        {
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{option.Name} must be at least {least}, not {number}."));
        }
    });

    /// <summary>Refuses words that look like an option and are no file: any word may be a path, so that the parser takes a mistyped option for one.</summary>
    public static void RefuseMistypedOptions(this Argument paths) => paths.Validators.Add(result =>
    {
        foreach (var token in result.Tokens.Where(t => t.Value.StartsWith('-') && !Path.Exists(t.Value)))
        {
            result.AddError($"{token.Value} is neither an option nor a file.");
        }
    });

    /// <summary>Numbers with commas between them.</summary>
    public static float[] Numbers(ArgumentResult result)
    {
        List<float> numbers = [];
        foreach (var part in result.Tokens[0].Value.Split(','))
        {
            if (!float.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !float.IsFinite(number))
            {
                result.AddError($"'{part}' is no number: give one, or one for each channel, such as 0.485,0.456,0.406.");
                return [];
            }

            numbers.Add(number);
        }

        return [.. numbers];
    }
}
