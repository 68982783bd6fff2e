using System.Globalization;
using System.Net;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Plan;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Adapters.Postgres;

/// <summary>Finds where a service's database is: the plan's Secret, the plan itself, or libpq's own places (the connection service that PGSERVICE names,
/// then PG variables), in this order; a credential wins over all.</summary>
/// <param name="objects">The cluster's Secrets; asked only for a service that names one.</param>
public sealed class DatabaseAddresses(Func<IClusterObjects> objects)
{
    /// <summary>Finds the address of a service's database.</summary>
    /// <exception cref="RolloutException">The Secret is missing or incomplete, the connection service cannot be read, or no host is known.</exception>
    public async Task<DatabaseAddress> FindAsync(PlanService service, NetworkCredential? credential, CancellationToken token)
    {
        var plan = service.Database;
        var secret = plan.Secret is null ? new Dictionary<string, string>() : await objects().ReadSecretAsync(plan.Secret, token);
        // A Secret is complete: nothing that was meant for another server goes to its server.
        var named = plan.Secret is null ? ConnectionService.Find() : null;
        return new DatabaseAddress
        {
            Service = service.Name,
            Host = Value(secret, "host") ?? plan.Host ?? named?["host"] ?? Variable("PGHOST") ?? throw NoHost(service),
            Port = Port(service, named, Value(secret, "port") ?? (plan.Host is null ? named?["port"] ?? Variable("PGPORT") : null)) ?? plan.Port,
            Database = Value(secret, "database") ?? plan.Name,
            Username = credential?.UserName ?? Value(secret, "username") ?? named?["user"],
            Password = credential?.Password ?? Value(secret, "password") ?? named?["password"],
            TlsMode = TlsMode(service, named, Value(secret, "sslmode") ?? named?["sslmode"] ?? Variable("PGSSLMODE")),
            Named = named,
        };
    }

    private static string? Value(IReadOnlyDictionary<string, string> secret, string key) =>
        secret.TryGetValue(key, out var value) && value.Length > 0 ? value : null;

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static int? Port(PlanService service, ConnectionService? named, string? text)
    {
        if (text is null) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536) return port;
        throw new RolloutException("DatabasePortInvalid", RolloutErrorKind.InvalidInput,
            $"The port '{text}' of service '{service.Name}' is not a number from 1 to 65535.",
            $"Correct the key 'port' of {Source(service, named)}.", service.Name);
    }

    private static string? TlsMode(PlanService service, ConnectionService? named, string? name) => name is null || DatabaseAddress.IsSslMode(name) ? name
        : throw new RolloutException("DatabaseSslModeInvalid", RolloutErrorKind.InvalidInput,
            $"The sslmode '{name}' of service '{service.Name}' does not exist.",
            $"Use disable, allow, prefer, require, verify-ca or verify-full in {Source(service, named)}.", service.Name);

    private static string Source(PlanService service, ConnectionService? named) =>
        service.Database.Secret is { } secret ? $"Secret '{secret}'" : (named is null ? "" : $"{named.File} or ") + "the environment (PGPORT, PGSSLMODE)";

    private static RolloutException NoHost(PlanService service) =>
        new("DatabaseHostUnknown", RolloutErrorKind.InvalidInput, $"Nothing says where the database of service '{service.Name}' is.",
            "Name a Secret with the key 'host' or a Host in the plan's Database, or set PGHOST or PGSERVICE.", service.Name);
}
