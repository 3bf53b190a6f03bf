using Microsoft.Extensions.Options;

namespace CovidCtNet.Lib.Hosting;

/// <summary>Says what is wrong with the options of a pool before anything is loaded.</summary>
internal sealed class CovidCtPredictionEnginePoolOptionsValidator : IValidateOptions<CovidCtPredictionEnginePoolOptions>
{
    public ValidateOptionsResult Validate(string? name, CovidCtPredictionEnginePoolOptions options)
    {
        List<string> reasons = [];
        if (!File.Exists(options.PipelinePath))
        {
            reasons.Add($"{nameof(options.PipelinePath)}: there is no file '{options.PipelinePath}'. Give the path of a file that mlContext.Model.Save wrote.");
        }

        if (options.ReloadInterval < TimeSpan.FromMilliseconds(100) || options.ReloadInterval > TimeSpan.FromDays(1))
        {
            reasons.Add($"{nameof(options.ReloadInterval)}: must be from 100 milliseconds to one day.");
        }

        if (options.MaximumIdle is < 1 or > 1024)
        {
            reasons.Add($"{nameof(options.MaximumIdle)}: must be from 1 to 1,024.");
        }

        return reasons.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(reasons);
    }
}
