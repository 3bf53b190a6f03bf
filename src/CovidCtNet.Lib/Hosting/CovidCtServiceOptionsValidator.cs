using Microsoft.Extensions.Options;

namespace CovidCtNet.Lib.Hosting;

/// <summary>Says what is wrong with the options before anything is loaded.</summary>
internal sealed class CovidCtServiceOptionsValidator : IValidateOptions<CovidCtServiceOptions>
{
    public ValidateOptionsResult Validate(string? name, CovidCtServiceOptions options)
    {
        List<string> reasons = [];
        if (options.ModelPath is { } path && !File.Exists(path))
        {
            reasons.Add($"{nameof(options.ModelPath)}: there is no file '{path}'. Give the path of an ONNX file, or null for the default model.");
        }

        if (options.Model is null)
        {
            reasons.Add($"{nameof(options.Model)}: must not be null.");
        }

        if (options is { ReloadOnChange: true, ModelPath: null })
        {
            reasons.Add($"{nameof(options.ReloadOnChange)}: the default model is part of the application and does not change. Set {nameof(options.ModelPath)}.");
        }

        if (options.ReloadInterval < TimeSpan.FromMilliseconds(100) || options.ReloadInterval > TimeSpan.FromDays(1))
        {
            reasons.Add($"{nameof(options.ReloadInterval)}: must be from 100 milliseconds to one day.");
        }

        return reasons.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(reasons);
    }
}
