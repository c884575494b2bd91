using Microsoft.AspNetCore.Http.HttpResults;
using Vaka.Plugins.Host.SignIn;
using Vaka.Plugins.Host.SignIn.Sso;

namespace Vaka.Plugins.Host.Admin.SingleSignOn;

/// <summary>What browsers are answered at the addresses of single sign-on.</summary>
internal static class SsoPages
{
    private const string Refusal = "You could not be signed in. Try again from the application that you came from; if that does not help, give its "
        + "administrators this reference.";

    public static IResult NotFound() => Message("Not found", "There is no such sign-in.", StatusCodes.Status404NotFound);

    /// <summary>Says nothing of what was wrong: whoever tries messages out would learn from it.</summary>
    public static IResult Refused(Guid executionId, Uri? returnTo) =>
        Message("Not signed in", Refusal, StatusCodes.Status403Forbidden, executionId.ToString(), returnTo?.GetLeftPart(UriPartial.Authority));

    public static IResult Message(string title, string message, int status = StatusCodes.Status200OK, string? reference = null, string? back = null) =>
        new RazorComponentResult<MessagePage>(new Dictionary<string, object?>
        {
            [nameof(MessagePage.Title)] = title,
            [nameof(MessagePage.Message)] = message,
            [nameof(MessagePage.IsProblem)] = status >= StatusCodes.Status400BadRequest,
            [nameof(MessagePage.Reference)] = reference,
            [nameof(MessagePage.Back)] = back,
        })
        {
            StatusCode = status,
        };

    /// <summary>Sends the browser on.</summary>
    public static IResult Send(BrowserRequest request) => request.Fields.Count == 0 ? new SeeOther(request.Url) : Form(request.Url, request.Fields);

    public static IResult Form(string target, IReadOnlyDictionary<string, string> fields) =>
        new RazorComponentResult<FormPage>(new Dictionary<string, object?>
        {
            [nameof(FormPage.Target)] = target, [nameof(FormPage.Fields)] = fields,
        });

    public static IResult Onward(string address) =>
        new RazorComponentResult<OnwardPage>(new Dictionary<string, object?> { [nameof(OnwardPage.Onward)] = address });

    public static IResult Trial(LoginOutcome outcome) =>
        new RazorComponentResult<TrialPage>(new Dictionary<string, object?>
        {
            [nameof(TrialPage.Reference)] = outcome.ExecutionId.ToString(),
            [nameof(TrialPage.Steps)] = outcome.Steps,
            [nameof(TrialPage.Refusal)] = outcome.Refusal,
            [nameof(TrialPage.Issuer)] = outcome.Login?.Issuer,
            [nameof(TrialPage.Subject)] = outcome.Login?.Subject,
            [nameof(TrialPage.Attributes)] = outcome.Login?.Attributes,
            [nameof(TrialPage.Claims)] = outcome.Login?.Claims,
        });
}

/// <summary>303: whatever the request was, the next one is a GET, and nothing that was posted is posted on.</summary>
internal sealed class SeeOther(string address) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = address;
        return Task.CompletedTask;
    }
}
