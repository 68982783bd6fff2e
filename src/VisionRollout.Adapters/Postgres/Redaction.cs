using System.Text.RegularExpressions;

namespace VisionRollout.Adapters.Postgres;

/// <summary>Takes passwords out of what programs and servers say: those that are known, and what stands where a password stands.</summary>
internal static partial class Redaction
{
    /// <summary>Stands for a text that took too long to search.</summary>
    public const string Unsearched = "(left out: it took too long to search for passwords)";

    private const string Mask = "***";
    private const int LimitMilliseconds = 1_000;
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Singleline;

    // What stands before a password: password=, password =>, "password": with a quoted value, PASSWORD '…'. Not before a parameter of a statement ($1, @p0, ?).
    private const string Place = """password["']?[ \t]*(=>?[ \t]*(?![=~>]|(\$\d+|@p\d+|\?)([\s,;)]|$))|:[ \t]*(?=["'])|\s+(?=(E|U&)?'))""";

    /// <summary>The text with *** for each password.</summary>
    /// <param name="text">The text.</param>
    /// <param name="password">A password that is known; null or empty when there is none.</param>
    public static string Of(string text, string? password)
    {
        text = Known(text, password);
        try
        {
            return NamedPattern().Replace(UriPattern().Replace(text, "${keep}" + Mask), "${keep}" + Mask);
        }
        catch (RegexMatchTimeoutException)
        {
            return Unsearched;
        }
    }

    /// <summary>The text with *** for the passwords that are known alone: what a statement says otherwise stays as it is.</summary>
    /// <param name="text">The text.</param>
    /// <param name="password">A password that is known; null or empty when there is none.</param>
    public static string Known(string text, string? password) => Without(Without(text, password), Environment.GetEnvironmentVariable("PGPASSWORD"));

    private static string Without(string text, string? secret) => string.IsNullOrEmpty(secret) ? text
        : text.Replace(Uri.EscapeDataString(secret), Mask, StringComparison.Ordinal).Replace(secret, Mask, StringComparison.Ordinal);

    // In a database's URI the password may hold a slash that nobody has escaped; elsewhere a slash after the port begins the path.
    [GeneratedRegex(@"(?<keep>\b(postgres(ql)?|ecto)://[^\s:/]*:)\S+(?=@)|(?<keep>://[^\s:/]*:)[^\s/]+(?=@)", Options, LimitMilliseconds)]
    private static partial Regex UriPattern();

    // In quotes, in which a quote is doubled or behind a backslash, or without.
    [GeneratedRegex($"""(?<keep>{Place}(E|U&)?')(?>([^'\\]|\\.|'')+)|(?<keep>{Place}")(?>([^"\\]|\\.|"")+)|(?<keep>{Place})[^\s;'"][^\s;]*""", Options, LimitMilliseconds)]
    private static partial Regex NamedPattern();
}
