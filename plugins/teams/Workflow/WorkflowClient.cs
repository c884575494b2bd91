using Vaka.Plugins.Teams.Actions;
using Vaka.Plugins.Teams.Cards;

namespace Vaka.Plugins.Teams.Workflow;

/// <summary>The wire to a workflow's URL.</summary>
internal static class WorkflowClient
{
    private const int MaxAnswer = 256 * 1024;

    public static async Task<PostOutput> PostAsync(
        Card card, WorkflowConnection connection, IntegrationContext context, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, WorkflowAddress.Of(connection))
        {
            Content = new ReadOnlyMemoryContent(WorkflowMessage.Of(card)) { Headers = { ContentType = new("application/json") } },
        };
        var answer = await ApiAnswer.SendAsync(context.Http, request, context.Clock, cancellationToken, MaxAnswer).ConfigureAwait(false);
        if (!answer.IsSuccess) throw TeamsFailures.FromWorkflow(answer);

        // 202 says that a run was begun. 200 comes from a workflow that has a Response step of its own, and from what stands in between.
        if (answer.StatusCode is not 202 && answer.MediaType is "text/html") throw TeamsFailures.NotUnderstood(answer, "The workflow");
        return new PostOutput { Accepted = true, WorkflowRunId = RunOf(answer) };
    }

    private static string? RunOf(ApiAnswer answer) =>
        answer.Headers.TryGetValues("x-ms-workflow-run-id", out var values) && values.FirstOrDefault() is { Length: > 0 and <= 100 } id
        && id.All(char.IsAsciiLetterOrDigit)
            ? id
            : null;
}
