using CovidCtNet.Lib.Imaging;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace CovidCtNet.Samples.Service;

/// <summary>Tells clients what is wrong with their request as problem details (RFC 9457); trouble of our own stays without details.</summary>
internal sealed class ProblemHandler(IProblemDetailsService problems) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is ConnectionResetException or ConnectionAbortedException
            || (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested))
        {
            // Nobody is listening any more.
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        if (Describe(exception) is not { } problem)
        {
            return false;
        }

        httpContext.Response.StatusCode = problem.Status!.Value;
        return await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext, ProblemDetails = problem });
    }

    private static ProblemDetails? Describe(Exception exception) => exception switch
    {
        CtImageTooLargeException e => Of(StatusCodes.Status413PayloadTooLarge, e),
        CtImageUnknownFormatException e => Of(StatusCodes.Status415UnsupportedMediaType, e),
        CtImageUnsupportedException e => Of(StatusCodes.Status415UnsupportedMediaType, e),
        CtImageException e => Of(StatusCodes.Status400BadRequest, e),
        SliceRefusedException e => new ProblemDetails
        {
            Status = StatusCodes.Status422UnprocessableEntity,
            Title = "The input gate refuses the image",
            Detail = string.Join(' ', e.Gate.Reasons.Where(r => r.Refuses).Select(r => r.Message)) + " Send axial chest-CT slices in a lung window.",
            Extensions = { ["gate"] = GateReport.From(e.Gate) },
        },
        BadHttpRequestException e => new ProblemDetails { Status = e.StatusCode, Title = "The request cannot be read", Detail = e.Message },
        _ => null,
    };

    private static ProblemDetails Of(int status, CtImageException e) => new() { Status = status, Title = "The image cannot be read", Detail = $"It {e.Reason}. {e.Cure}." };
}
