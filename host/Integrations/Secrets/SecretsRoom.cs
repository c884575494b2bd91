using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.Internal;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Vaka.Plugins.Host.Access.Sealing;

namespace Vaka.Plugins.Host.Integrations.Secrets;

/// <summary>Registers how secrets are kept. <see cref="SecretsStart"/> runs after the migrations and before anything else.</summary>
internal static class SecretsRoom
{
    // Part of every purpose: another word, and nothing stored could be read.
    private const string ApplicationName = "Vaka.Plugins";

    public static IServiceCollection AddSecrets(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<SecretsOptions>().Bind(configuration.GetSection(SecretsOptions.Section));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<MasterKeys>();
        services.AddSingleton<KeyRingRepository>();
        services.AddSingleton<KeyRing>();
        services.AddSingleton<SecretAnchors>();
        services.AddSingleton<IAuditKey, AuditKey>();
        services.AddSingleton<SecretsStart>();
        services.AddSingleton<SecretProtector>();
        services.AddSingleton<ConfigSecrets>();
        services.AddSingleton<KeyRingRotation>();
        services.AddSingleton<Reencryption>();
        return services.AddKeyRing();
    }

    /// <summary>Data Protection as the whole host uses it, cookies included.</summary>
    public static IServiceCollection AddKeyRing(this IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName(ApplicationName);
        services.Replace(ServiceDescriptor.Singleton<IActivator, KeyRingTypes>());
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(options =>
        {
            options.XmlRepository = provider.GetRequiredService<KeyRingRepository>();
            options.XmlEncryptor = new MasterKeyXmlEncryptor(provider.GetRequiredService<MasterKeys>());
        }));
        return services;
    }
}
