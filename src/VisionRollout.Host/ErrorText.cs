using System.Management.Automation;
using System.Text;

namespace VisionRollout.Host;

/// <summary>One clear text for an error that ends the script: what and what to do (the message says both), and where.</summary>
internal static class ErrorText
{
    public static string Of(ErrorRecord record)
    {
        var text = new StringBuilder();
        text.Append("ERROR: ").AppendLine(record.ErrorDetails?.Message ?? record.Exception.Message);
        if (record.InvocationInfo is { } place && !string.IsNullOrEmpty(place.PositionMessage)) text.AppendLine(place.PositionMessage);

        // What 'throw "text"' gives has its text as id.
        if (record.FullyQualifiedErrorId != record.Exception.Message) text.Append("Error id: ").Append(record.FullyQualifiedErrorId);
        return text.ToString().TrimEnd();
    }
}
