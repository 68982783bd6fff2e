using System.Management.Automation.Language;
using System.Security.Cryptography;
using System.Text;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Plan;

namespace VisionRollout.Plan;

/// <summary>A plan in PowerShell's data format (.psd1). It is parsed and read as data, never executed.</summary>
internal static class PlanFile
{
    // The plan reader reports repeated keys itself, with both places.
    private const string RepeatedKey = "DuplicateKeyInHashLiteral";

    /// <summary>Reads a plan that has no mistakes.</summary>
    /// <param name="path">Full path of the file.</param>
    /// <exception cref="PlanInvalidException">The plan has mistakes; it carries all of them.</exception>
    /// <exception cref="RolloutException">There is no such file, or it cannot be read.</exception>
    public static RolloutPlan Load(string path)
    {
        var reading = Read(path);
        return reading.Plan ?? throw new PlanInvalidException(path, reading.Problems);
    }

    /// <summary>Reads a plan and reports every mistake.</summary>
    /// <param name="path">Full path of the file.</param>
    /// <exception cref="RolloutException">There is no such file, or it cannot be read.</exception>
    public static PlanReading Read(string path)
    {
        var content = ReadContent(path);
        using var reader = new StreamReader(new MemoryStream(content), Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        return Parse(reader.ReadToEnd(), path, Convert.ToHexString(SHA256.HashData(content)).ToLowerInvariant());
    }

    /// <summary>Reads the text of a plan.</summary>
    public static PlanReading Parse(string text, string path, string hash)
    {
        var script = Parser.ParseInput(text, path, out _, out var errors);
        var mistakes = errors.Where(error => error.ErrorId != RepeatedKey).Select(AsProblem).ToArray();
        if (mistakes.Length > 0) return new PlanReading(null, mistakes);
        var file = new PlanSyntax();
        var root = file.Read(script);
        return PlanReader.Read(root, path, hash, file.Problems, File.Exists);
    }

    private static PlanProblem AsProblem(ParseError error) => new(
        error.Extent.StartLineNumber, error.Extent.StartColumnNumber, "the file", error.Message, "");

    private static byte[] ReadContent(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new RolloutException("PlanNotFound", RolloutErrorKind.NotFound, $"There is no plan '{path}'.", "Name an existing plan file (.psd1).", path, exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            var remedy = Directory.Exists(path) ? "It is a folder; name the plan file in it." : "Allow this account to read it.";
            throw new RolloutException("PlanUnreadable", RolloutErrorKind.AccessDenied, $"The plan '{path}' cannot be read.", remedy, path, exception);
        }
        catch (IOException exception)
        {
            throw new RolloutException("PlanUnreadable", RolloutErrorKind.Unavailable, $"The plan '{path}' cannot be read: {exception.Message}", "", path, exception);
        }
    }
}
