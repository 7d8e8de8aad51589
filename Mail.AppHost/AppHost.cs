Console.WriteLine("Mail.AppHost");
