using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace CovidCtNet.Lib.Hosting;

/// <summary>Registration of this library in an application's services.</summary>
public static class CovidCtServiceCollectionExtensions
{
    /// <summary>
    /// Adds a <see cref="CovidCtModelSource"/> as a singleton, with its options checked when the host starts, and
    /// <see cref="CovidCtHealthCheck"/>.
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
        var options = services.AddOptions<CovidCtServiceOptions>().ValidateOnStart();
        return configure is null ? options : options.Configure(configure);
    }

    /// <summary>
    /// Adds a <see cref="CovidCtPredictionEnginePool{TSource, TPrediction}"/> over a saved pipeline as a singleton, with its options checked
    /// when the host starts.
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
        return services.AddOptions<CovidCtPredictionEnginePoolOptions>(name).Configure(configure).ValidateOnStart();
    }
}
