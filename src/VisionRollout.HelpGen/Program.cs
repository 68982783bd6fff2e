using VisionRollout.HelpGen;

if (args is not [var assembly, var output])
{
    Console.Error.WriteLine("Usage: VisionRollout.HelpGen <cmdlet assembly, with its XML documentation beside it> <help file to write>");
    return 64;
}

var cmdlets = CmdletAssembly.Load(assembly);
var comments = XmlComments.Read(Path.ChangeExtension(assembly, ".xml"), cmdlets.ToDictionary(type => type.FullName!, CmdletAssembly.NameOf));
Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
new MamlHelp(comments).Build(cmdlets).Save(output);
return 0;
