using System.Globalization;
using CovidCtNet.Lib.Imaging;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CovidCtNet.Lib.Hosting;

/// <summary>
/// Whether the hosted model answers, on a synthetic slice. Degraded while a changed model file cannot be used. Register it with
/// <c>services.AddHealthChecks().AddCheck&lt;CovidCtHealthCheck&gt;("covid-ct")</c>.
/// </summary>
/// <param name="source">The model.</param>
public sealed class CovidCtHealthCheck(CovidCtModelSource source) : IHealthCheck
{
    private static readonly CtImage Phantom = CtPhantom.Create(1, new CtPhantomOptions { Width = 64, Height = 64 }).Image;

    /// <summary>Classifies a synthetic slice.</summary>
    /// <param name="context">Not used.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            using var lease = source.Lease();
            var contract = lease.Model.Contract;
            await Task.Run(() => lease.Model.Predict(Phantom, cancellationToken), cancellationToken).ConfigureAwait(false);
            var data = new Dictionary<string, object>
            {
                ["model"] = contract.Name,
                ["version"] = contract.Version,
                ["provider"] = lease.Model.Provider.ToString(),
                ["input"] = string.Create(CultureInfo.InvariantCulture, $"{contract.Network.InputWidth} x {contract.Network.InputHeight}"),
            };
            return source.ReloadFailure is { } failure
                ? HealthCheckResult.Degraded("The changed model file cannot be used; the model before it goes on: " + failure, null, data)
                : HealthCheckResult.Healthy("The model answers.", data);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy("The model does not answer.", e);
        }
    }
}
