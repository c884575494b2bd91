using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Vaka.Plugins.Client;

/// <summary>Has providers do something, through the integration that serves the caller's tenant. Every call is made under an idempotency key,
/// so that it is done once at most, however often it is sent.</summary>
public sealed class ActionsClient
{
    private const string Reflects = "Reads and writes types by reflection. Give their JsonTypeInfo, of a JsonSerializerContext, instead.";

    // The wire's own words; a member that is null is not sent.
    private static readonly JsonSerializerOptions SnakeCase = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly HostConnection connection;

    internal ActionsClient(HostConnection connection) => this.connection = connection;

    /// <summary>Sends a mail through <c>smtp/send_email</c>.</summary>
    /// <exception cref="VakaException">It was not sent, or that is not known.</exception>
    public Task<ActionResult<EmailReceipt>> SendEmailAsync(
        Email email, InvokeOptions? options = null, CancellationToken cancellationToken = default) =>
        InvokeAsync("smtp", "send_email", email, ClientJson.Default.Email, ClientJson.Default.EmailReceipt, options, cancellationToken);

    /// <summary>Pushes data through <c>webhook/push_data</c>.</summary>
    /// <exception cref="VakaException">It was not pushed, or that is not known.</exception>
    public Task<ActionResult<PushReceipt>> PushDataAsync(
        PushedData data, InvokeOptions? options = null, CancellationToken cancellationToken = default) =>
        InvokeAsync("webhook", "push_data", data, ClientJson.Default.PushedData, ClientJson.Default.PushReceipt, options, cancellationToken);

    /// <summary>Runs an action and waits for what comes of it.</summary>
    /// <param name="type">The provider, such as <c>jira</c>.</param>
    /// <param name="action">Such as <c>create_issue</c>.</param>
    /// <param name="input">As the action's input_schema says.</param>
    /// <param name="inputType">How the input is written.</param>
    /// <param name="outputType">How the output is read.</param>
    /// <param name="options">What else is to be said.</param>
    /// <param name="cancellationToken">Stops waiting; what was begun may be done all the same.</param>
    /// <exception cref="VakaException">It failed, or what came of it is not known; <c>awaiting_approval</c>: an admin has to approve it first.</exception>
    public async Task<ActionResult<TOutput>> InvokeAsync<TInput, TOutput>(
        string type, string action, TInput input, JsonTypeInfo<TInput> inputType, JsonTypeInfo<TOutput> outputType,
        InvokeOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (options?.NotBefore is not null)
            throw new ArgumentException("NotBefore is for calls that are not waited for: use EnqueueAsync.", nameof(options));
        var call = Call(type, action, JsonSerializer.SerializeToUtf8Bytes(input, inputType), options, isAsync: false);
        var answer = await connection.SendAsync(call, cancellationToken);
        if (answer.Status is HttpStatusCode.Accepted)
            throw VakaException.AwaitingApproval(answer.Read(ClientJson.Default.AcceptedExecution), call.IdempotencyKey);
        return ActionResult.Read(answer, outputType);
    }

    /// <summary>Runs an action and waits for what comes of it. Members are named in snake_case on the wire; null is not sent.</summary>
    /// <exception cref="VakaException">It failed, or what came of it is not known.</exception>
    [RequiresUnreferencedCode(Reflects)]
    [RequiresDynamicCode(Reflects)]
    public Task<ActionResult<TOutput>> InvokeAsync<TInput, TOutput>(
        string type, string action, TInput input, InvokeOptions? options, CancellationToken cancellationToken) =>
        InvokeAsync(type, action, input, Reflected<TInput>(), Reflected<TOutput>(), options, cancellationToken);

    /// <summary>Hands an action over: once this returns it is kept, and done however long that takes.
    /// <see cref="ExecutionsClient.WaitAsync"/> waits for it.</summary>
    /// <exception cref="VakaException">It was not taken, or that is not known.</exception>
    public Task<AcceptedExecution> EnqueueAsync<TInput>(
        string type, string action, TInput input, JsonTypeInfo<TInput> inputType, InvokeOptions? options = null,
        CancellationToken cancellationToken = default) =>
        connection.SendAsync(
            Call(type, action, JsonSerializer.SerializeToUtf8Bytes(input, inputType), options, isAsync: true),
            ClientJson.Default.AcceptedExecution, cancellationToken);

    /// <summary>Hands an action over. Members are named in snake_case on the wire; null is not sent.</summary>
    /// <exception cref="VakaException">It was not taken, or that is not known.</exception>
    [RequiresUnreferencedCode(Reflects)]
    [RequiresDynamicCode(Reflects)]
    public Task<AcceptedExecution> EnqueueAsync<TInput>(
        string type, string action, TInput input, InvokeOptions? options, CancellationToken cancellationToken) =>
        EnqueueAsync(type, action, input, Reflected<TInput>(), options, cancellationToken);

    /// <summary>Hands a mail over: <see cref="EnqueueAsync{TInput}(string, string, TInput, InvokeOptions?, CancellationToken)"/>.</summary>
    /// <exception cref="VakaException">It was not taken, or that is not known.</exception>
    public Task<AcceptedExecution> EnqueueEmailAsync(
        Email email, InvokeOptions? options = null, CancellationToken cancellationToken = default) =>
        EnqueueAsync("smtp", "send_email", email, ClientJson.Default.Email, options, cancellationToken);

    /// <summary>Hands data over to be pushed: <see cref="EnqueueAsync{TInput}(string, string, TInput, InvokeOptions?, CancellationToken)"/>.</summary>
    /// <exception cref="VakaException">It was not taken, or that is not known.</exception>
    public Task<AcceptedExecution> EnqueuePushAsync(
        PushedData data, InvokeOptions? options = null, CancellationToken cancellationToken = default) =>
        EnqueueAsync("webhook", "push_data", data, ClientJson.Default.PushedData, options, cancellationToken);

    private static HostCall Call(string type, string action, byte[] input, InvokeOptions? options, bool isAsync)
    {
        using var body = new MemoryStream(input.Length + 64);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WritePropertyName("input");
            json.WriteRawValue(input, skipInputValidation: true);
            if (options?.Integration is { } integration) json.WriteString("integration", integration);
            if (options?.NotBefore is { } time) json.WriteString("not_before", time);
            json.WriteEndObject();
        }

        return new HostCall(HttpMethod.Post, $"actions/{Uri.EscapeDataString(type)}/{Uri.EscapeDataString(action)}")
        {
            Body = body.ToArray(),
            IdempotencyKey = options?.IdempotencyKey ?? InvokeOptions.NewKey(),
            IsAsync = isAsync,
        };
    }

    [RequiresUnreferencedCode(Reflects)]
    [RequiresDynamicCode(Reflects)]
    private static JsonTypeInfo<T> Reflected<T>()
    {
        SnakeCase.MakeReadOnly(populateMissingResolver: true);
        return (JsonTypeInfo<T>)SnakeCase.GetTypeInfo(typeof(T));
    }
}
