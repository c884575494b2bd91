using System.Reflection;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Plugins.Packages;

namespace Vaka.Plugins.Host.Api;

/// <summary>Plugins that are installed while hosts run. A plugin is code that the host runs, so nothing is changed from afar unless an operator
/// has said whose packages are taken.</summary>
internal static class PackagesEndpoints
{
    private static readonly QueryParameter Force =
        new("force", typeof(bool), "Take it though integrations that can be used now could not be used with it; default false.");

    private static readonly QueryParameter RestoreConfigs =
        new("restore_configs", typeof(bool), "Give integrations whose config was saved with the newer version the last one from before; default false.");

    public static void MapPackages(this IEndpointRouteBuilder api)
    {
        var packages = api.MapGroup("/providers").RequireAuthorization(AccessRoom.PlatformAdmin);
        packages.MapPost("/packages", Add).WithMetadata(new BodyLimit(PackageArchive.MaxBytes), Force, new Refusals(ProblemCode.RevisionConflict))
            .WithName("AddPackage").WithSummary("Install a plugin's signed package, or another version of one, on every host");
        packages.MapPost("/{type}/rollback", RollBack).WithMetadata(RestoreConfigs, new Refusals(ProblemCode.RevisionConflict))
            .WithName("RollBackPackage").WithSummary("Go back to the package before, on every host");
        packages.MapDelete("/{type}/package", Remove).WithMetadata(new Refusals(ProblemCode.RevisionConflict))
            .WithName("RemovePackage").WithSummary("Take a plugin's packages out; its integrations stay");
    }

    private static async Task<Created<PackageAnswer>> Add(
        PackageBody package, Caller caller, PackageInstaller installer, HttpRequest request, CancellationToken cancellationToken)
    {
        var isForced = new QueryReader(request).Flag(Force.Name) ?? false;
        var added = await installer.AddAsync(package.Content, isForced, caller, cancellationToken);
        return TypedResults.Created(
            $"/api/v1/providers/{added.Type}", new PackageAnswer(added.Type, added.Version, added.Before?.Version, added.Configs.Count, added.Configs.Failing));
    }

    private static async Task<Ok<RollbackAnswer>> RollBack(
        string type, Caller caller, PackageInstaller installer, PublisherKeys keys, HttpRequest request, CancellationToken cancellationToken)
    {
        keys.DemandConfigured();
        var back = await installer.RollBackAsync(type, new QueryReader(request).Flag(RestoreConfigs.Name) ?? false, caller, cancellationToken);
        return TypedResults.Ok(new RollbackAnswer(type, back.Version, back.Newer, back.Problems));
    }

    private static async Task<NoContent> Remove(
        string type, Caller caller, PackageInstaller installer, PublisherKeys keys, CancellationToken cancellationToken)
    {
        keys.DemandConfigured();
        await installer.RemoveAsync(type, caller, cancellationToken);
        return TypedResults.NoContent();
    }
}

/// <summary>A package as a body.</summary>
internal sealed record PackageBody(byte[] Content) : IBindableFromHttpContext<PackageBody>, IEndpointParameterMetadataProvider
{
    // What nobody may send is not read.
    public static async ValueTask<PackageBody?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        context.RequestServices.GetRequiredService<PublisherKeys>().DemandConfigured();
        return new(await BodyBytes.ReadAsync(context));
    }

    // Another type is answered 415 by the routing.
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/zip"], typeof(Stream)));
}

/// <summary>What was installed.</summary>
/// <param name="Type">The provider.</param>
/// <param name="Version">The version that new calls find.</param>
/// <param name="PreviousVersion">What served before; null: nothing.</param>
/// <param name="ConfigsTried">How many configs were tried with it.</param>
/// <param name="ConfigsFailing">Integrations that cannot be used with it.</param>
internal sealed record PackageAnswer(string Type, string Version, string? PreviousVersion, int ConfigsTried, IReadOnlyList<Guid> ConfigsFailing);

/// <summary>What was gone back to.</summary>
/// <param name="Type">The provider.</param>
/// <param name="Version">The version that new calls find.</param>
/// <param name="ConfigsNewer">Integrations whose config was saved with the version that was left.</param>
/// <param name="Problems">Why some of them could not be given an earlier config, when that was asked.</param>
internal sealed record RollbackAnswer(string Type, string Version, IReadOnlyList<Guid> ConfigsNewer, IReadOnlyList<string> Problems);
