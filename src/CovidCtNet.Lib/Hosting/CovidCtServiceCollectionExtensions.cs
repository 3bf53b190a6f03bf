using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace CovidCtNet.Lib.Hosting;

/// <summary>Registration of this library in an application's services.</summary>
public static class CovidCtServiceCollectionExtensions
{
    /// <summary>
    /// Adds a <see cref="CovidCtModelSource"/> as a singleton, and <see cref="CovidCtHealthCheck"/>. When the host starts, the options are
    /// checked, and the model is loaded and run once unless <see cref="CovidCtServiceOptions.LoadAtStart"/> is false: what is wrong with
    /// either ends the start with <see cref="OptionsValidationException"/> or <see cref="Inference.CovidCtModelException"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options; the default model if null.</param>
    /// <returns>The options, to be bound to configuration.</returns>
    public static OptionsBuilder<CovidCtServiceOptions> AddCovidCt(this IServiceCollection services, Action<CovidCtServiceOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CovidCtServiceOptions>, CovidCtServiceOptionsValidator>());
        services.TryAddSingleton<CovidCtModelSource>();
        services.TryAddSingleton<CovidCtHealthCheck>();
        services.StartWith<CovidCtModelSource, CovidCtServiceOptions>(Options.DefaultName, o => o.LoadAtStart, source => source.Start());
        var options = services.AddOptions<CovidCtServiceOptions>().ValidateOnStart();
        return configure is null ? options : options.Configure(configure);
    }

    /// <summary>
    /// Adds a <see cref="CovidCtPredictionEnginePool{TSource, TPrediction}"/> over a saved pipeline as a singleton. When the host starts, the
    /// options are checked, and the pipeline is loaded unless <see cref="CovidCtPredictionEnginePoolOptions.LoadAtStart"/> is false.
    /// </summary>
    /// <typeparam name="TSource">Class of the rows that go in.</typeparam>
    /// <typeparam name="TPrediction">Class of the rows that come out.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The options, to be bound to configuration.</returns>
    public static OptionsBuilder<CovidCtPredictionEnginePoolOptions> AddCovidCtPredictionEnginePool<TSource, TPrediction>(
        this IServiceCollection services, Action<CovidCtPredictionEnginePoolOptions> configure)
        where TSource : class
        where TPrediction : class, new()
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);

        // By the classes of the rows, so that an application can have several pools.
        var name = CovidCtPredictionEnginePool<TSource, TPrediction>.OptionsName;
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CovidCtPredictionEnginePoolOptions>, CovidCtPredictionEnginePoolOptionsValidator>());
        services.TryAddSingleton<CovidCtPredictionEnginePool<TSource, TPrediction>>();
        services.StartWith<CovidCtPredictionEnginePool<TSource, TPrediction>, CovidCtPredictionEnginePoolOptions>(name, o => o.LoadAtStart, _ => { });
        return services.AddOptions<CovidCtPredictionEnginePoolOptions>(name).Configure(configure).ValidateOnStart();
    }

    /// <summary>
    /// Makes the host resolve a service when it starts. Hosts check options before anything else starts, so that this needs no reference to
    /// hosting: options without content, whose check is the start of the service.
    /// </summary>
    private static void StartWith<TService, TOptions>(this IServiceCollection services, string name, Func<TOptions, bool> atStart, Action<TService> start)
        where TService : notnull
        where TOptions : class
    {
        if (services.Any(s => s.ServiceType == typeof(StartMark<TService>)))
        {
            return;
        }

        services.AddSingleton<StartMark<TService>>();
        services.AddOptions<StartMark<TService>>().ValidateOnStart().Validate<IServiceProvider>((_, provider) =>
        {
            TOptions options;
            try
            {
                options = provider.GetRequiredService<IOptionsMonitor<TOptions>>().Get(name);
            }
            catch (OptionsValidationException)
            {
                // Reported by the check of these options themselves.
                return true;
            }

            if (atStart(options))
            {
                start(provider.GetRequiredService<TService>());
            }

            return true;
        });
    }

    private sealed class StartMark<TService>;
}
