using System.Threading.RateLimiting;
using CovidCtNet.Lib.Hosting;
using CovidCtNet.Lib.Imaging;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace CovidCtNet.Samples.Service;

/// <summary>Puts the service together.</summary>
internal static class ServiceApplication
{
    public const string AtOnce = "at-once";

    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        var services = builder.Services;

        // Loaded when the host starts, so that a bad model stops the start and no client waits.
        services.AddCovidCt(o => o.Model = o.Model with { Gate = CtGateMode.Warn }).BindConfiguration("CovidCt");
        services.AddOptions<UploadOptions>().BindConfiguration("Upload").ValidateDataAnnotations().ValidateOnStart();
        services.AddHealthChecks().AddCheck<CovidCtHealthCheck>("covid-ct");
        services.AddOpenApi();
        services.AddProblemDetails();
        services.AddExceptionHandler<ProblemHandler>();
        services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.AddPolicy(AtOnce, context =>
            {
                var upload = context.RequestServices.GetRequiredService<IOptions<UploadOptions>>().Value;
                return RateLimitPartition.GetConcurrencyLimiter(AtOnce, _ => new ConcurrencyLimiterOptions
                {
                    PermitLimit = upload.MaximumAtOnce,
                    QueueLimit = upload.MaximumWaiting,
                });
            });
        });
        builder.WebHost.ConfigureKestrel((context, kestrel) =>
        {
            kestrel.Limits.MaxRequestBodySize = (context.Configuration.GetSection("Upload").Get<UploadOptions>() ?? new UploadOptions()).MaximumBytes;
            kestrel.AddServerHeader = false;
        });

        var app = builder.Build();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRateLimiter();
        app.MapOpenApi();
        app.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = WriteHealthAsync });
        ClassifyEndpoint.Map(app);
        return app;
    }

    private static Task WriteHealthAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(new
    {
        status = report.Status.ToString(),
        checks = report.Entries.ToDictionary(e => e.Key, e => new { status = e.Value.Status.ToString(), e.Value.Description, e.Value.Data }),
    });
}
