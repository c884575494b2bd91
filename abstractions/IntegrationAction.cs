namespace Vaka.Plugins;

/// <summary>Something a caller can have done, as the host sees it. Derive from
/// <see cref="IntegrationAction{TConfig,TInput,TOutput}"/>.</summary>
/// <remarks>An action is a stateless singleton. It throws <see cref="IntegrationException"/> for trouble that it understands.</remarks>
public abstract class IntegrationAction
{
    private protected IntegrationAction(Type configType, Type inputType, Type outputType) =>
        (ConfigType, InputType, OutputType) = (configType, inputType, outputType);

    /// <summary>The stable name, <c>[a-z][a-z0-9_]{0,62}</c>, unique within the provider, such as <c>send_email</c>.</summary>
    public abstract string Name { get; }

    /// <summary>A short title for people, such as "Send an e-mail".</summary>
    public abstract string Title { get; }

    /// <summary>What it does, what it needs and what it answers, written so that an agent uses it right the first time.</summary>
    public abstract string Description { get; }

    /// <summary>It changes nothing out there; default <c>false</c>.</summary>
    public virtual bool IsReadOnly => false;

    /// <summary>Doing it twice with the same input and <see cref="IntegrationContext.DeduplicationKey"/> has the effect of doing it
    /// once, so that the host may retry after an uncertain outcome; default <c>false</c>.</summary>
    public virtual bool IsIdempotent => false;

    /// <summary>It may remove or overwrite something that existed before; default <c>false</c>.</summary>
    public virtual bool IsDestructive => false;

    /// <summary>Run only by the host's own services: listed in the catalog, offered to no caller; default <c>false</c>.</summary>
    public virtual bool IsInternal => false;

    /// <summary>A platform-wide integration may serve it to every tenant: it reveals nothing of the account and changes only what it
    /// creates; default <c>false</c>. <see cref="IsTenantSafeFor"/> can narrow this by input.</summary>
    public virtual bool IsTenantSafe => false;

    /// <summary>The config record of the provider.</summary>
    public Type ConfigType { get; }

    /// <summary>The input record.</summary>
    public Type InputType { get; }

    /// <summary>The output record.</summary>
    public Type OutputType { get; }

    /// <summary>Whether a platform-wide integration may serve this very input to a tenant. Pure.</summary>
    public abstract bool IsTenantSafeFor(object input);

    /// <summary>Runs the action.</summary>
    public abstract Task<object> InvokeAsync(object input, object config, IntegrationContext context, CancellationToken cancellationToken);

    /// <summary>Says what the action would do, without doing it; <c>null</c> when it cannot tell.</summary>
    public abstract Task<ActionPreview?> PreviewAsync(object input, object config, IntegrationContext context, CancellationToken cancellationToken);

    /// <summary>The output of an earlier run under the same <see cref="IntegrationContext.DeduplicationKey"/>, found at the vendor;
    /// <c>null</c> when it is not known whether there was one.</summary>
    public abstract Task<object?> FindExistingAsync(object input, object config, IntegrationContext context, CancellationToken cancellationToken);
}

/// <summary>Base of every action: typed input, config and output.</summary>
/// <typeparam name="TConfig">The provider's config record.</typeparam>
/// <typeparam name="TInput">The input record; bound strictly from snake_case JSON.</typeparam>
/// <typeparam name="TOutput">The output record; answered as snake_case JSON.</typeparam>
public abstract class IntegrationAction<TConfig, TInput, TOutput>() : IntegrationAction(typeof(TConfig), typeof(TInput), typeof(TOutput))
    where TConfig : class
    where TInput : class
    where TOutput : class
{
    /// <summary>Does it.</summary>
    /// <exception cref="IntegrationException">It was not done, or not certainly; the exception says which and why.</exception>
    public abstract Task<TOutput> ExecuteAsync(TInput input, TConfig config, IntegrationContext context, CancellationToken cancellationToken);

    /// <inheritdoc cref="IntegrationAction.PreviewAsync"/>
    public virtual Task<ActionPreview?> PreviewAsync(
        TInput input, TConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        Task.FromResult<ActionPreview?>(null);

    /// <inheritdoc cref="IntegrationAction.FindExistingAsync"/>
    public virtual Task<TOutput?> FindExistingAsync(
        TInput input, TConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        Task.FromResult<TOutput?>(null);

    /// <inheritdoc cref="IntegrationAction.IsTenantSafeFor"/>
    public virtual bool IsTenantSafeFor(TInput input) => IsTenantSafe;

    /// <inheritdoc/>
    public sealed override bool IsTenantSafeFor(object input) => IsTenantSafe && IsTenantSafeFor((TInput)input);

    /// <inheritdoc/>
    public sealed override async Task<object> InvokeAsync(
        object input, object config, IntegrationContext context, CancellationToken cancellationToken) =>
        await ExecuteAsync((TInput)input, (TConfig)config, context, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public sealed override Task<ActionPreview?> PreviewAsync(
        object input, object config, IntegrationContext context, CancellationToken cancellationToken) =>
        PreviewAsync((TInput)input, (TConfig)config, context, cancellationToken);

    /// <inheritdoc/>
    public sealed override async Task<object?> FindExistingAsync(
        object input, object config, IntegrationContext context, CancellationToken cancellationToken) =>
        await FindExistingAsync((TInput)input, (TConfig)config, context, cancellationToken).ConfigureAwait(false);
}

/// <summary>What an action would do.</summary>
/// <param name="Summary">One sentence for people, such as "Sends 'Hello' to 2 recipients".</param>
public sealed record ActionPreview(string Summary)
{
    /// <summary>Name and value of what would be sent, in the order to show; no secrets. Default: none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Details { get; init; } = [];
}
