using System.ComponentModel;
using CovidCtNet.Lib.Hosting;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CovidCtNet.Samples.Service;

/// <summary>Takes one image in the body of a request. It lives in memory for the time of the request, and is neither stored nor logged.</summary>
internal static class ClassifyEndpoint
{
    private static readonly string[] Others = ["image/jpeg", "image/bmp", "application/octet-stream"];

    public static void Map(WebApplication app)
    {
        var group = app.MapGroup("/").RequireRateLimiting(ServiceApplication.AtOnce);
        group.MapPost("/classify", ClassifyAsync)
            .Accepts<Stream>("image/png", Others)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .WithName("Classify")
            .WithSummary("Classifies one chest-CT slice (PNG, JPEG or BMP).");
        group.MapPost("/overlay", OverlayAsync)
            .Accepts<Stream>("image/png", Others)
            .Produces(StatusCodes.Status200OK, contentType: "image/png")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .WithName("Overlay")
            .WithSummary("Shows model attention over one chest-CT slice, as PNG.");
    }

    private static async Task<Ok<ClassifyResponse>> ClassifyAsync(
        HttpRequest request,
        CovidCtModelSource source,
        IOptions<UploadOptions> limits,
        CancellationToken cancellationToken,
        [FromQuery, Description("Whether to add a picture of model attention.")] bool overlay = false)
    {
        var body = await ReadAsync(request, cancellationToken);
        var response = await Task.Run(
            () =>
            {
                using var lease = source.Lease();
                var (slice, gate) = Decode(body, limits.Value, lease.Model);
                var prediction = lease.Model.Predict(slice, cancellationToken);
                var picture = overlay ? lease.Model.Explain(slice, cancellationToken: cancellationToken).ToOverlayPng() : null;
                return ClassifyResponse.From(prediction, lease.Model.Contract, gate, picture);
            },
            cancellationToken);
        return TypedResults.Ok(response);
    }

    private static async Task<FileContentHttpResult> OverlayAsync(
        HttpRequest request, CovidCtModelSource source, IOptions<UploadOptions> limits, CancellationToken cancellationToken)
    {
        var body = await ReadAsync(request, cancellationToken);
        var picture = await Task.Run(
            () =>
            {
                using var lease = source.Lease();
                return lease.Model.Explain(Decode(body, limits.Value, lease.Model).Slice, cancellationToken: cancellationToken).ToOverlayPng();
            },
            cancellationToken);
        return TypedResults.Bytes(picture, "image/png");
    }

    /// <summary>Reads the body, whose size the server limits.</summary>
    private static async Task<MemoryStream> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = new MemoryStream((int)Math.Min(request.ContentLength ?? 0, 1 << 20));
        await request.Body.CopyToAsync(body, cancellationToken);
        body.Position = 0;
        return body;
    }

    /// <summary>Decodes, and asks the input gate before any network is run.</summary>
    /// <exception cref="CtImageException">The picture cannot be read.</exception>
    /// <exception cref="SliceRefusedException">The gate refuses the slice, and its mode is to enforce that.</exception>
    private static (CtImage Slice, CtGateResult? Gate) Decode(MemoryStream body, UploadOptions limits, CovidCtModel model)
    {
        var slice = CtImage.Load(body, new CtImageLimits { MaximumFileBytes = limits.MaximumBytes, MaximumPixels = limits.MaximumPixels }, "The uploaded image");
        var gate = model.Options.Gate == CtGateMode.Off ? null : CtInputGate.Check(slice, model.Preprocessing.Window);
        return model.Options.Gate == CtGateMode.Enforce && gate!.Verdict == CtGateVerdict.Refused
            ? throw new SliceRefusedException(gate)
            : (slice, gate);
    }
}
