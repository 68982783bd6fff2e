using System.Globalization;
using Npgsql;
using VisionRollout.Core.Errors;

namespace VisionRollout.Adapters.Postgres;

/// <summary>Where a database is and how to log in. The password leaves it only through a connection string or a child's environment.</summary>
public sealed class DatabaseAddress
{
    private static readonly Dictionary<string, SslMode> SslModes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["disable"] = SslMode.Disable,
        ["allow"] = SslMode.Allow,
        ["prefer"] = SslMode.Prefer,
        ["require"] = SslMode.Require,
        ["verify-ca"] = SslMode.VerifyCA,
        ["verify-full"] = SslMode.VerifyFull,
    };

    private static readonly (string Keyword, string Variable)[] NamedVariables =
        [("passfile", "PGPASSFILE"), ("sslrootcert", "PGSSLROOTCERT"), ("sslcert", "PGSSLCERT"), ("sslkey", "PGSSLKEY"), ("options", "PGOPTIONS")];

    /// <summary>The plan's service.</summary>
    public required string Service { get; init; }

    /// <summary>Host name, address or socket folder.</summary>
    public required string Host { get; init; }

    /// <summary>TCP port.</summary>
    public required int Port { get; init; }

    /// <summary>Name of the database.</summary>
    public required string Database { get; init; }

    /// <summary>User; null: libpq's own rules (PGUSER, then the operating system's user).</summary>
    public string? Username { get; init; }

    /// <summary>Password; null: libpq's own places (PGPASSWORD, the password file).</summary>
    internal string? Password { get; init; }

    /// <summary>libpq's sslmode; null: <c>prefer</c>.</summary>
    public string? TlsMode { get; init; }

    /// <summary>The connection service that it was completed from.</summary>
    internal ConnectionService? Named { get; init; }

    /// <summary>True when libpq knows a TLS mode of that name.</summary>
    public static bool IsSslMode(string name) => SslModes.ContainsKey(name);

    /// <summary>The same server and login, another database.</summary>
    public DatabaseAddress With(string database) => new()
    {
        Service = Service, Host = Host, Port = Port, Database = database, Username = Username, Password = Password, TlsMode = TlsMode, Named = Named,
    };

    /// <summary>Opens a connection of its own (no pool, so that nothing stays open behind our back).</summary>
    /// <exception cref="RolloutException">The server does not answer or refuses, or its certificate cannot be verified.</exception>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken token)
    {
        var connection = new NpgsqlConnection(ConnectionString());
        try
        {
            await connection.OpenAsync(token);
            return connection;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            await connection.DisposeAsync();
            throw PostgresErrors.From(exception, this);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Variables that lead libpq's programs here: the only way by which a password reaches them.</summary>
    public IReadOnlyDictionary<string, string?> ChildEnvironment()
    {
        var variables = new Dictionary<string, string?>
        {
            ["PGHOST"] = Host,
            ["PGPORT"] = Port.ToString(CultureInfo.InvariantCulture),
            ["PGDATABASE"] = Database,
            ["PGAPPNAME"] = "VisionRollout",
            ["PGCONNECT_TIMEOUT"] = "15",
            ["PGSERVICE"] = null,
            ["PGHOSTADDR"] = null,
            ["LC_ALL"] = "C",
        };
        if (Username is not null) variables["PGUSER"] = Username;
        if (Password is not null) variables["PGPASSWORD"] = Password;
        if (TlsMode is not null) variables["PGSSLMODE"] = TlsMode;
        foreach (var (keyword, variable) in NamedVariables)
        {
            if (Named?[keyword] is { } value) variables[variable] = value;
        }

        return variables;
    }

    /// <summary>Takes passwords out of a text from outside: this one, that of the environment, and whatever stands where a password stands.</summary>
    public string Redact(string text) => Redaction.Of(text, Password);

    /// <summary>Takes the known passwords out of a text, and leaves the rest of it as it is, to be read by a program.</summary>
    public string RedactKnown(string text) => Redaction.Known(text, Password);

    /// <inheritdoc/>
    public override string ToString() => $"database '{Database}' on {Host}:{Port}";

    private string ConnectionString()
    {
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = Host,
            Port = Port,
            Database = Database,
            Pooling = false,
            ApplicationName = "VisionRollout",
            Timeout = 15,
            CommandTimeout = 0,
            KeepAlive = 30,
            SslMode = VerifiedMode(),
        };
        if (Username is not null) builder.Username = Username;
        if (Password is not null) builder.Password = Password;
        if (Named?["passfile"] is { } passwords) builder.Passfile = passwords;
        if (Named?["sslrootcert"] is { } root) builder.RootCertificate = root;
        if (Named?["sslcert"] is { } certificate) builder.SslCertificate = certificate;
        if (Named?["sslkey"] is { } key) builder.SslKey = key;
        if (Named?["options"] is { } options) builder.Options = options;
        return builder.ConnectionString;
    }

    // As libpq has it (manual, 34.19.1 and table 34.1): verifying needs a root certificate, and where there is one, require verifies too.
    private SslMode VerifiedMode()
    {
        var mode = SslModes[TlsMode ?? "prefer"];
        if (mode is not (SslMode.Require or SslMode.VerifyCA or SslMode.VerifyFull)) return mode;
        var root = Named?["sslrootcert"] ?? (Environment.GetEnvironmentVariable("PGSSLROOTCERT") is { Length: > 0 } given ? given : Path.Combine(ConnectionService.UserFolder, "root.crt"));
        if (File.Exists(root)) return mode == SslMode.Require ? SslMode.VerifyCA : mode;
        return mode == SslMode.Require ? mode : throw new RolloutException("DatabaseRootCertificateMissing", RolloutErrorKind.NotFound,
            $"The {this} is to be verified (sslmode {TlsMode}), and the file of root certificates {root} does not exist.",
            "Put the certificate of its authority there, or name another file in PGSSLROOTCERT or as sslrootcert of the connection service.", Service);
    }
}
