using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;
using VisionRollout.Core.Errors;

namespace VisionRollout.Adapters.Postgres;

/// <summary>Turns what the driver throws into the module's failures.</summary>
public static class PostgresErrors
{
    /// <summary>Describes a failure at a database.</summary>
    public static RolloutException From(Exception exception, DatabaseAddress address) => exception switch
    {
        RolloutException known => known,
        PostgresException server => FromServer(server, address),
        NpgsqlException { InnerException: SocketException or TimeoutException or IOException } or SocketException or TimeoutException =>
            new("DatabaseUnreachable", RolloutErrorKind.Unavailable,
                $"The {address} does not answer: {address.Redact((exception.InnerException ?? exception).Message)}",
                "Check the host, the port and the network between this machine and the database.", address.Service, exception),
        NpgsqlException { InnerException: AuthenticationException refused } => new("DatabaseCertificateRefused", RolloutErrorKind.AccessDenied,
            $"The certificate of the {address} is not accepted (sslmode {address.TlsMode}): {refused.Message}",
            "Check the file of root certificates (PGSSLROOTCERT, sslrootcert), and with verify-full that the certificate is for this host name.", address.Service, exception),
        _ => new("DatabaseFailed", RolloutErrorKind.Failed, $"The {address} failed: {address.Redact(exception.Message)}",
            "The inner exception has the details.", address.Service, exception),
    };

    private static RolloutException FromServer(PostgresException exception, DatabaseAddress address)
    {
        var text = $"The {address} answered {exception.SqlState}: {address.Redact(exception.MessageText)}.";
        return exception.SqlState switch
        {
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
                new("DatabaseAccessDenied", RolloutErrorKind.AccessDenied, text, "Check user and password in the Secret, or pass -Credential.", address.Service, exception),
            PostgresErrorCodes.InsufficientPrivilege =>
                new("DatabasePrivilegeMissing", RolloutErrorKind.AccessDenied, text, "Grant the privilege to the user, or pass -Credential of one that has it.", address.Service, exception),
            PostgresErrorCodes.InvalidCatalogName =>
                new("DatabaseNotFound", RolloutErrorKind.NotFound, text, "Check the key 'database' of the Secret, or Name in the plan's Database.", address.Service, exception),
            PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown =>
                new("DatabaseUnreachable", RolloutErrorKind.Unavailable, text, "Try again when the server takes connections.", address.Service, exception),
            _ => new("DatabaseFailed", RolloutErrorKind.Failed, text, "The inner exception has the details.", address.Service, exception),
        };
    }
}
